"""The pages on which a student agrees in a course, and withdraws there or everywhere."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import ConsentText, SecurityEvent
from classroom.models import Course, Enrolment
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
CHANGED = "The text has changed since you agreed"
NO_GUARDIAN = "has recorded no agreement for this course"


@pytest.fixture
def course():
    return factories.course(name="Latin")


@pytest.fixture
def student(client, course):
    student = factories.student_of(course, consents=False)
    client.force_login(student)
    return student


@pytest.fixture
def url(course):
    return f"/courses/{course.pk}/consent/"


def agrees(student) -> bool:
    return student.consents.in_force().exists()


def test_pages_require_sign_in(client, url):
    for path in ("/consent/", url):
        assert client.get(path).url == f"/accounts/login/?next={path}"


def test_somebody_in_no_course_is_not_told_about_their_courses(client):
    client.force_login(factories.user())
    assert "You are not in any course with cameras" in client.get("/consent/").text


def test_home_page_counts_only_courses_with_cameras(client, student, course):
    for mode in (Course.Mode.ANSWERS, Course.Mode.CAMERA):
        other = factories.course(mode=mode)
        Enrolment.objects.create(course=other, student=student)
        factories.consent(student, course=other)
    assert "You have agreed in 1 of 2 courses with cameras." in client.get("/").text


def test_page_shows_text_and_version(client, student, url):
    page = client.get(url).text
    assert "It is never a grade" in page
    assert 'name="version" value="1"' in page


@pytest.mark.parametrize(
    ("faces_only", "sentence"),
    [(True, "In this course only your face leaves your computer"), (False, "If it cannot do this, it sends the whole")],
)
def test_page_says_what_leaves_the_computer(client, student, url, course, faces_only, sentence):
    Course.objects.filter(pk=course.pk).update(faces_only=faces_only)
    assert sentence in client.get(url).text


def test_agreeing_grants_consent_for_the_course_and_redirects_to_next(client, student, url, course):
    response = client.post(f"{url}grant/", {"agree": "on", "version": "1", "next": "/privacy/"})
    assert response.url == "/privacy/"
    assert student.consents.in_force().get().course == course


def test_unticked_box_grants_no_consent(client, student, url):
    client.post(f"{url}grant/", {"version": "1"})
    assert not agrees(student)


@pytest.mark.parametrize("version", ["", "0", "x", "99"])
def test_wrong_version_grants_no_consent(client, student, url, version):
    response = client.post(f"{url}grant/", {"agree": "on", "version": version}, follow=True)
    assert "Please read it again" in response.text
    assert not agrees(student)


def test_text_changed_since_page_load_grants_no_consent(client, student, url):
    ConsentText.objects.create(version=2, body="New words.")
    client.post(f"{url}grant/", {"agree": "on", "version": "1"})
    assert not agrees(student)


def test_notice_appears_when_text_has_changed_since_consent(client, student, url, course):
    factories.consent(student, course)
    assert CHANGED not in client.get(url).text
    ConsentText.objects.create(version=2, body="New words.")
    assert CHANGED in client.get(url).text
    assert CHANGED in client.get("/consent/").text


def test_agreeing_only_to_the_next_text_is_no_agreement_to_an_older_one(client, student, url, course):
    ConsentText.objects.create(version=2, body="New words.", applies_from=timezone.now() + timedelta(days=3))
    client.post(f"{url}grant/", {"agree": "on", "version": "2"})
    page = client.get(url).text
    assert (CHANGED in page, "You have already agreed to it." in page) == (False, True)
    lists = client.get("/consent/").text
    assert ("You agreed to the next text." in lists, "guardian" in lists) == (True, False)


def test_no_notice_about_new_text_after_withdrawal(client, student, url, course):
    factories.consent(student, course)
    client.post(f"{url}withdraw/")
    assert CHANGED not in client.get(url).text


def test_course_without_camera_asks_for_no_consent(client, student, url):
    Course.objects.update(mode="answers")
    page = client.get(url).text
    assert ("there is nothing to agree to" in page, 'name="agree"' in page) == (True, False)
    assert client.post(f"{url}grant/", {"agree": "on", "version": "1"}).status_code == 404
    assert not agrees(student)


@pytest.mark.parametrize("who", ["student of another course", "teacher", "administrator"])
def test_nobody_else_agrees_in_the_course(client, course, url, who):
    person = factories.student_of(factories.course()) if who.startswith("student") else factories.user(who)
    client.force_login(person)
    assert client.get(url).status_code == 404
    for path, form in (("grant/", {"agree": "on", "version": "1"}), ("withdraw/", {})):
        assert client.post(f"{url}{path}", form).status_code == 404


@pytest.mark.services
def test_student_who_left_the_course_still_withdraws(client, student, url, course):
    factories.consent(student, course)
    Enrolment.objects.all().delete()
    page = client.get(url).text
    assert 'action="' + url + 'withdraw/"' in page
    # They attended no class, so the page of the course is not for them.
    assert f'href="/courses/{course.pk}/"' not in page
    assert client.get(f"/courses/{course.pk}/").status_code == 404
    client.post(f"{url}withdraw/")
    assert not agrees(student)


@pytest.mark.services
def test_withdrawing_in_one_course_or_in_all(client, student, url, course, django_capture_on_commit_callbacks):
    others = [factories.course(name=name) for name in ("Greek", "Maths")]
    for each in (course, *others):
        Enrolment.objects.get_or_create(course=each, student=student)
        factories.consent(student, each)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{url}withdraw/")
    assert sorted(each.course.name for each in student.consents.in_force()) == ["Greek", "Maths"]
    for page in ("/consent/", "/accounts/"):
        answer = client.get(page).text
        assert f'action="/courses/{others[0].pk}/consent/withdraw/"' in answer
        assert f'action="{url}withdraw/"' not in answer
        assert 'action="/consent/withdraw/"' in answer
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/consent/withdraw/")
    assert not agrees(student)
    logged = SecurityEvent.objects.filter(event="consent_withdrawn").values_list("subject_id", "details__course")
    assert sorted(logged) == sorted((student.pk, each.pk) for each in (course, *others))


@pytest.mark.parametrize("path", ["/consent/withdraw/", "{url}withdraw/"])
def test_withdrawing_offers_to_erase_what_was_read(client, student, url, course, path):
    factories.consent(student, course)
    session = factories.session(course)
    factories.reading(session, student, after_s=1)
    assert "erase-offer" not in client.get(url).text
    answer = client.post(path.format(url=url), follow=True).text
    assert ("erase-offer" in answer, 'action="/readings/erase/"' in answer) == (True, True)
    assert "This deletes the readings of all your courses." in answer
    client.post("/readings/erase/", {"sure": "on"})
    assert student.readings.count() == 0
    assert "erase-offer" not in client.get(url).text


def test_page_says_if_the_school_lacks_a_guardians_consent(client, student, url, course, settings):
    factories.consent(student, course)
    assert NO_GUARDIAN not in client.get(url).text
    settings.GUARDIAN_CONSENT_REQUIRED = True
    assert NO_GUARDIAN in client.get(url).text
    assert "Your school has not recorded a guardian" in client.get("/consent/").text
    factories.guardian_consent(student)
    assert NO_GUARDIAN not in client.get(url).text


def test_student_who_agreed_is_not_asked_again_while_a_guardian_is_missing(client, student, url, course, settings):
    settings.GUARDIAN_CONSENT_REQUIRED = True
    attend = f"/sessions/{factories.session(course, started_at=timezone.now()).pk}/attend/"
    for page in (url, attend):
        assert "even if you agree." in client.get(page).text
    factories.consent(student, course)
    for page in (url, attend):
        text = client.get(page).text
        assert ("You agreed. Your school also asks a parent or guardian" in text, "even if you agree." in text) == (
            True,
            False,
        )
        assert ("Read and decide" in text, "Not given" in text) == (False, False)


def test_next_url_of_another_site_is_ignored(client, student, url, course):
    response = client.post(f"{url}grant/", {"agree": "on", "version": "1", "next": "https://evil.example/"})
    assert response.url == f"/courses/{course.pk}/"


@pytest.mark.parametrize("path", ["grant/", "withdraw/"])
def test_next_url_is_kept(client, student, url, course, path):
    factories.consent(student, course)
    response = client.post(f"{url}{path}", {"version": "1", "next": "/sessions/3/attend/"})
    assert response.url == f"{url}?next=%2Fsessions%2F3%2Fattend%2F"


@pytest.mark.parametrize("path", ["grant/", "withdraw/"])
def test_signed_out_user_returns_to_the_page(client, url, path):
    assert client.post(f"{url}{path}", {"agree": "on", "version": "1"}).url == f"/accounts/login/?next={url}"
    assert client.post("/consent/withdraw/").url == "/accounts/login/?next=/consent/"


@pytest.mark.parametrize("path", ["/consent/withdraw/", "{url}grant/", "{url}withdraw/"])
def test_get_request_cannot_change_consent(client, student, url, path):
    assert client.get(path.format(url=url)).status_code == 405
