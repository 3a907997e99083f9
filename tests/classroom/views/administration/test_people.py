import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Invitation, SecurityEvent, User
from classroom.models import Enrolment
from tests import factories
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    user = factories.user("administrator", "Zed Admin")
    client.force_login(user)
    return user


def names(response) -> list[str]:
    return [row.name for row in response.context["list"].page.object_list]


def queries(client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.fixture
def people(administrator):
    course = factories.course(factories.teacher("Bo Teacher"), name="Algebra")
    ada = factories.student_of(course, "Ada Lovelace")
    User.objects.filter(pk=ada.pk).update(school_id="S-17", last_login=timezone.now())
    factories.user("student", "Cy Gone", is_active=False)
    return course


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Ada Lovelace", "Bo Teacher", "Cy Gone", "Zed Admin"]),
        ("sort=-name", ["Zed Admin", "Cy Gone", "Bo Teacher", "Ada Lovelace"]),
        ("search=s-17", ["Ada Lovelace"]),
        ("search=ada+love", ["Ada Lovelace"]),
        ("role=teacher", ["Bo Teacher"]),
        ("course={course}", ["Ada Lovelace", "Bo Teacher"]),
        ("state=deactivated", ["Cy Gone"]),
        ("state=never", ["Bo Teacher"]),
        ("state=active&role=student", ["Ada Lovelace"]),
    ],
)
def test_list_is_searched_filtered_and_sorted(client, people, query, expected):
    assert names(client.get(f"/administration/people/?{query.format(course=people.pk)}")) == expected


def test_invited_people_are_on_the_page_of_invitations(client, administrator):
    response = client.get("/administration/people/?state=invited&search=zo")
    assert response.url == "/administration/people/invitations/?search=zo"


def more_people(course, count: int) -> None:
    made = User.objects.bulk_create(
        [User(email=f"p{number}@school.example", name=f"Person {number}") for number in range(count)]
    )
    Enrolment.objects.bulk_create([Enrolment(course=course, student=user) for user in made])
    Invitation.objects.bulk_create(
        [
            Invitation(
                email=f"i{number}@school.example",
                token_hash=str(number),
                invited_at=timezone.now(),
                expires_at=timezone.now(),
            )
            for number in range(count)
        ]
    )


@pytest.mark.parametrize("page", ["people/", "people/invitations/"])
def test_queries_of_a_list_do_not_grow_with_its_rows(client, people, page):
    more_people(people, 3)
    few = queries(client, f"/administration/{page}")
    User.objects.filter(email__endswith="school.example").delete()
    Invitation.objects.all().delete()
    more_people(people, 300)
    assert queries(client, f"/administration/{page}") == few


def test_new_person_chooses_a_password_by_the_link_that_is_shown_once(client, administrator):
    fields = {"name": "Kim", "email": "Kim@School.example", "role": "teacher", "school_id": "T-3"}
    page = client.post("/administration/people/new/", fields).url
    person = User.objects.get(email="kim@school.example")
    assert (person.name, person.role, person.school_id, person.has_usable_password()) == (
        "Kim",
        "teacher",
        "T-3",
        False,
    )
    shown = client.post(f"{page}password/", {"show": ""})
    assert shown["Cache-Control"] == "private, no-store"
    [path] = set(re.findall(r"http://testserver(/accounts/password/reset/key/[^\"<]+)", shown.text))
    assert path not in client.get(page).text
    browser = Client()
    form = browser.get(path, follow=True).redirect_chain[-1][0]
    new = {"password1": "quiet-river-41", "password2": "quiet-river-41"}
    assert browser.post(form, new).url == "/accounts/password/reset/key/done/"
    person.refresh_from_db()
    assert person.check_password("quiet-river-41")
    assert "This link does not work" in Client().get(path, follow=True).text


def test_link_for_choosing_a_password_is_mailed(client, administrator):
    person = factories.user()
    client.post(f"/administration/people/{person.pk}/password/", {"mail": ""})
    assert mail.outbox[0].to == [person.email]
    assert "http://testserver/accounts/password/reset/key/" in mail.outbox[0].body
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_address_of_another_account_is_refused_whatever_its_case(client, administrator):
    person = factories.user()
    fields = {"name": "Kim", "email": administrator.email.upper(), "role": "student"}
    response = client.post(f"/administration/people/{person.pk}/edit/", fields)
    assert (response.status_code, "Another account has this address." in response.text) == (422, True)


@pytest.mark.parametrize("action", ["deactivate", "delete"])
def test_page_says_why_a_teacher_cannot_take_over(client, administrator, action):
    course, colleague = factories.course(), factories.teacher("Olga Other")
    Enrolment.objects.create(course=course, student=colleague)
    teacher = course.teachers.get()
    response = client.post(f"/administration/people/{teacher.pk}/{action}/", {"successor": colleague.pk})
    assert (response.status_code, "Olga Other attends one of these courses" in response.text) == (422, True)
    teacher.refresh_from_db()
    assert (teacher.is_active, course.teachers.get()) == (True, teacher)


def test_only_teacher_is_deactivated_once_a_successor_is_chosen(client, administrator):
    course, successor = factories.course(name="Algebra"), factories.teacher()
    teacher = course.teachers.get()
    page = f"/administration/people/{teacher.pk}/deactivate/"
    assert "Nobody else teaches these courses:" in client.get(page).text
    assert client.post(page).status_code == 422
    assert client.post(page, {"successor": successor.pk}).status_code == 302
    teacher.refresh_from_db()
    assert (teacher.is_active, successor in course.teachers.all()) == (False, True)
    client.post(f"/administration/people/{teacher.pk}/activate/")
    teacher.refresh_from_db()
    assert teacher.is_active


@pytest.mark.parametrize("action", ["deactivate", "delete"])
def test_own_account_is_neither_deactivated_nor_deleted_here(client, administrator, action):
    factories.user("administrator")
    page = f"/administration/people/{administrator.pk}/{action}/"
    assert "This is your own account" in client.get(page).text
    assert client.post(page).status_code == 422
    assert User.objects.get(pk=administrator.pk).is_active


def test_deletion_says_what_goes(client, people):
    student = User.objects.get(name="Ada Lovelace")
    session = factories.session(people)
    factories.attendance(session, student)
    factories.reading(session, student, after_s=1)
    page = f"/administration/people/{student.pk}/delete/"
    held = client.get(page).text.partition('data-testid="held"')[2].partition("</ul>")[0]
    assert [words in held for words in ("1 enrolment<", "the attendance of 1 class<", "1 reading;")] == [True] * 3
    assert client.post(page).url == "/administration/people/"
    assert not User.objects.filter(pk=student.pk).exists()


def test_merging_is_previewed_and_done(client, people):
    kept, double = User.objects.get(name="Ada Lovelace"), factories.user("student", "Ada Lovelace")
    search = client.get(f"/administration/people/{kept.pk}/merge/").text
    page = f"/administration/people/{kept.pk}/merge/{double.pk}/"
    assert page in search
    assert "Everything in the second account moves to the first:" in client.get(page).text
    assert client.post(page).url == f"/administration/people/{kept.pk}/"
    assert not User.objects.filter(pk=double.pk).exists()


def test_merging_says_if_the_kept_account_has_no_password(client, people):
    kept, double = User.objects.get(name="Ada Lovelace"), factories.user("student", "Ada Lovelace")
    page = f"/administration/people/{kept.pk}/merge/{double.pk}/"
    assert f"They sign in with {kept.email} and its password." in client.get(page).text
    kept.set_unusable_password()
    kept.save()
    text = f"They sign in with {kept.email}, for which no password has been chosen yet."
    assert text in client.get(page).text


def test_refused_merger_says_why(client, people, administrator):
    kept = User.objects.get(name="Ada Lovelace")
    page = client.get(f"/administration/people/{kept.pk}/merge/{administrator.pk}/")
    assert (page.status_code, "This is your own account." in page.text) == (422, True)


def test_person_s_page_has_courses_sign_ins_and_events(client, people):
    student = User.objects.get(name="Ada Lovelace")
    page = client.get(f"/administration/people/{student.pk}/").text
    assert "Algebra" in page.partition('data-testid="courses"')[2].partition("</ul>")[0]
    assert "not confirmed" in page


def test_person_s_page_says_what_was_opened_and_by_whom(client, people):
    student = User.objects.get(name="Ada Lovelace")
    teacher, session = factories.user("teacher", "Ms Opener"), factories.session(people)
    about = {"subject_id": student.pk, "session": session.pk, "course": people.pk}
    SecurityEvent.objects.create(
        event="data_viewed", actor_id=teacher.pk, details={"view": "session_student"}, at=timezone.now(), **about
    )
    activity = client.get(f"/administration/people/{student.pk}/").text.partition('data-testid="activity"')[2]
    [item] = re.findall(r'<span class="list__main">(.*?)<span class="list__meta">', activity, re.S)[:1]
    words = " ".join(re.sub("<.*?>", " ", item).split())
    assert words == f"Opened Report about a student · {session.topic} by Ms Opener"


def test_addresses_are_invited_and_those_with_accounts_enrolled(client, people):
    known = factories.user("student", "Known")
    pasted = f"Zoë <zoe@school.example>; kim@school.example\n{known.email.upper()}, zoe@school.example"
    fields = {"addresses": pasted, "role": "student", "course": people.pk, "language": "en"}
    page = client.post("/administration/people/invitations/new/", fields, follow=True).text
    assert sorted(Invitation.objects.values_list("email", flat=True)) == ["kim@school.example", "zoe@school.example"]
    assert "2 invitations sent: zoe@school.example, kim@school.example" in page
    assert f"Already had an account, and were added to the course: {known.email}" in page
    assert people.enrolments.filter(student=known).exists()


@pytest.mark.parametrize(
    ("addresses", "fault"),
    [
        ("zoe@school.example, nobody", "Not an e-mail address: nobody"),
        ("zoe@@school", "Not an e-mail address: zoe@@school"),
        ("Zoë <zoe@@school>", "Not an e-mail address: zoe@@school"),
        ("Zoë <zoe@school.example> Kim <kim@school.example>", "Not an e-mail address: zoë &lt;zoe@"),
        (" ".join(f"p{number}@school.example" for number in range(51)), "At most 50 addresses at a time."),
    ],
)
def test_bad_addresses_are_named_and_nobody_is_invited(client, administrator, addresses, fault):
    fields = {"addresses": addresses, "role": "student", "language": "en"}
    response = client.post("/administration/people/invitations/new/", fields)
    assert (response.status_code, fault in response.text) == (422, True)
    assert not Invitation.objects.exists()


def test_pending_invitation_is_sent_again_and_withdrawn(client, administrator):
    fields = {"addresses": "zoe@school.example", "role": "teacher", "language": "en"}
    client.post("/administration/people/invitations/new/", fields)
    [invitation] = client.get("/administration/people/invitations/").context["list"].page.object_list
    client.post(f"/administration/people/invitations/{invitation.pk}/resend/")
    assert len(mail.outbox) == 2
    client.post(f"/administration/people/invitations/{invitation.pk}/withdraw/")
    assert not client.get("/administration/people/invitations/").context["list"].page.object_list
