"""An administrator records a guardian's consent or its withdrawal. tests/classroom/domain tests the effects."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import SecurityEvent
from classroom.domain.consent.consents import lacks_guardian
from classroom.infra import events
from classroom.models import GuardianConsent
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/administration/consents/"
RECORD = f"{LIST}record/"


@pytest.fixture
def administrator(client):
    made = factories.user("administrator", "Ines Admin")
    client.force_login(made)
    return made


@pytest.fixture
def student():
    return factories.user(name="Ada", school_id="S-17")


def form(**changes) -> dict:
    return {"person": "S-17", "how": "letter", "guardian": "Byron", "given_on": "2026-11-01", "course": "", **changes}


@pytest.mark.parametrize("for_all", [True, False])
def test_consent_is_recorded_with_who_when_and_how(
    client, administrator, student, for_all, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr(events, "publish_consent_changed", lambda *about: sent.append(about))
    course = factories.course()
    given = form(course="" if for_all else course.pk)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(RECORD, given).url == LIST
    consent = GuardianConsent.objects.get()
    assert (consent.student, consent.guardian, consent.how, str(consent.given_on), consent.recorded_by) == (
        *(student, "Byron", "letter", "2026-11-01", administrator),
    )
    expected = None if for_all else course.pk
    assert consent.course_id == expected
    logged = SecurityEvent.objects.filter(event="guardian_consent_recorded")
    assert list(logged.values_list("actor_id", "subject_id", "course")) == [(administrator.pk, student.pk, expected)]
    assert sent == [(student.pk, expected)]
    page = client.get(LIST).text
    assert all(text in page for text in ("Ada", "Byron", "signed letter", "Ines Admin", "1 Nov 2026"))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"person": "nobody"}, "No student has this"),
        ({"guardian": " "}, "Enter who agreed."),
        ({"how": "rumour"}, "Select a valid choice"),
        ({"given_on": "2999-01-01"}, "This date is in the future."),
        ({"given_on": ""}, "This field is required."),
        ({"course": "9999"}, "Select a valid choice"),
    ],
)
def test_mistakes_are_named_and_nothing_is_recorded(client, administrator, student, changes, complaint):
    response = client.post(RECORD, form(**changes))
    assert (response.status_code, complaint in response.text) == (422, True)
    assert not GuardianConsent.objects.exists()


def test_rows_and_their_links_name_the_student_and_the_course(client, administrator, student):
    for course in (factories.course(name="Algebra").pk, ""):
        assert client.post(RECORD, form(course=course)).url == LIST
    page = client.get(LIST).text
    assert page.count('<th scope="row">Ada</th>') == 2
    links = re.findall(r'<a href="[^"]*/withdraw/">(.*?)</a>', page, re.DOTALL)
    names = [" ".join(re.sub("<[^>]*>", "", each).split()) for each in links]
    assert sorted(names) == ["Withdraw Ada, Algebra", "Withdraw Ada, All courses"]


def test_student_of_age_needs_no_guardian(client, administrator, student):
    assert client.post(RECORD, form(person=student.email.upper(), how="of_age", guardian="")).url == LIST
    assert "the student is of age" in client.get(LIST).text


def test_second_consent_for_the_same_course_is_refused_until_the_first_is_withdrawn(client, administrator, student):
    course = factories.course()
    for where in ("", course.pk):
        client.post(RECORD, form(course=where))
        response = client.post(RECORD, form(course=where))
        assert (response.status_code, "This is recorded already." in response.text) == (422, True)
    GuardianConsent.objects.update(withdrawn_at=timezone.now())
    assert client.post(RECORD, form()).status_code == 302


def test_withdrawal_is_recorded_and_the_record_stays(
    client, administrator, student, django_capture_on_commit_callbacks
):
    consent = factories.guardian_consent(student)
    url = f"{LIST}{consent.pk}/withdraw/"
    assert "Ada" in client.get(url).text
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url, {"how": "email"}).url == LIST
    consent.refresh_from_db()
    assert (consent.withdrawn_how, consent.withdrawal_recorded_by) == ("email", administrator)
    assert timezone.now() - consent.withdrawn_at < timedelta(hours=1)
    assert SecurityEvent.objects.filter(event="guardian_consent_withdrawn", subject_id=student.pk).count() == 1
    assert client.post(url, {"how": "email"}).status_code == 404


def test_guardian_who_withdraws_for_all_courses_withdraws_for_each(
    client, administrator, student, settings, monkeypatch, django_capture_on_commit_callbacks
):
    """The page promises that the camera stops at once."""
    settings.GUARDIAN_CONSENT_REQUIRED = True
    sent = []
    monkeypatch.setattr(events, "publish_consent_changed", lambda *about: sent.append(about))
    course, someone = factories.course(), factories.guardian_consent(factories.user())
    for where in (course, None):
        consent = factories.guardian_consent(student, course=where)
    factories.consent(student, course)
    url = f"{LIST}{consent.pk}/withdraw/"
    assert "Consents for single courses are withdrawn with it." in client.get(url).text
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url, {"how": "email"})
    assert lacks_guardian(student, course=course)
    assert list(GuardianConsent.objects.in_force()) == [someone]
    assert set(sent) == {(student.pk, None), (student.pk, course.pk)}
    logged = SecurityEvent.objects.filter(event="guardian_consent_withdrawn")
    assert set(logged.values_list("subject_id", "course")) == {(student.pk, None), (student.pk, course.pk)}


def test_page_says_that_a_consent_for_all_courses_still_covers_the_course(client, administrator, student):
    own = factories.guardian_consent(student, course=factories.course())
    stops = "the student’s camera stops at once"
    assert stops in client.get(f"{LIST}{own.pk}/withdraw/").text
    for_all = factories.guardian_consent(student)
    page = client.get(f"{LIST}{own.pk}/withdraw/").text
    assert (stops in page, f"{LIST}{for_all.pk}/withdraw/" in page) == (False, True)


def test_consent_for_one_course_is_not_recorded_beside_one_for_all(client, administrator, student):
    factories.guardian_consent(student)
    response = client.post(RECORD, form(course=factories.course().pk))
    assert (response.status_code, "This is recorded already." in response.text) == (422, True)
    assert GuardianConsent.objects.count() == 1


def test_list_is_searched_and_filtered(client, administrator, student):
    factories.guardian_consent(student, guardian="Byron")
    factories.guardian_consent(factories.user(name="Ben"), guardian="Poe", withdrawn_at=timezone.now())
    expected = {"": "Ada Ben", "search=s-17": "Ada", "state=withdrawn": "Ben", "state=in_force": "Ada"}
    for query, names in expected.items():
        rows = client.get(f"{LIST}?{query}").context["list"].page.object_list
        assert " ".join(row.student.name for row in rows) == names


@pytest.mark.parametrize("students", [1, 3])
def test_list_takes_a_constant_number_of_queries(client, administrator, students, django_assert_num_queries):
    for _ in range(students):
        factories.guardian_consent(factories.user(), course=factories.course(), recorded_by=administrator)
    with django_assert_num_queries(4):  # the sign-in and its user, the count, the rows
        client.get(LIST)


@pytest.mark.parametrize("required", [True, False])
def test_page_says_whether_the_school_asks_guardians(client, administrator, settings, required):
    settings.GUARDIAN_CONSENT_REQUIRED = required
    assert ("GUARDIAN_CONSENT_REQUIRED is off" in client.get(LIST).text) == (not required)


@pytest.mark.parametrize("role", ["teacher", "student"])
def test_others_do_not_find_the_pages(client, role):
    consent = factories.guardian_consent(factories.user())
    client.force_login(factories.user(role))
    for path in (LIST, RECORD, f"{LIST}{consent.pk}/withdraw/"):
        assert client.get(path).status_code == 404
    assert client.post(f"{LIST}{consent.pk}/withdraw/", {"how": "email"}).status_code == 404
    assert GuardianConsent.objects.in_force().count() == 1
