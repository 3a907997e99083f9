"""Teachers invite assistants by address, and those who are invited answer."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from classroom.domain.courses import staff
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def course():
    return factories.course(name="Statistics")


@pytest.fixture
def teacher(course, client):
    client.force_login(course.teachers.get())
    return client


def post(client, course, page: str, **body):
    return client.post(f"/courses/{course.pk}/assistants/{page}/", body, follow=True)


def messages(response) -> list[str]:
    return [str(each) for each in response.context["messages"]]


def staff_card(response) -> str:
    card = response.text.partition('data-testid="staff"')[2].partition("</section>")[0]
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", card)


def test_every_address_that_may_be_a_strangers_gets_the_same_answer(teacher, course):
    addresses = [
        "nobody@example.org",
        factories.user().email,
        factories.user(is_active=False).email,
        factories.user("administrator").email,
    ]
    cards = []
    for email in addresses:
        response = post(teacher, course, "invite", email=email)
        assert messages(response) == [f"{email} is invited."]
        number = course.assistant_invitations.get().pk
        cards.append(staff_card(response).replace(email, "ADDRESS").replace(f'"{number}"', "NUMBER"))
        course.assistant_invitations.all().delete()
    assert len({card.partition("ADDRESS")[2] for card in cards}) == 1


def test_invited_person_accepts_on_the_home_page(client, course):
    ada = factories.user(name="Ada")
    client.force_login(course.teachers.get())
    post(client, course, "invite", email=ada.email.upper())
    client.force_login(ada)
    assert "You are invited to assist in Statistics" in client.get("/").text
    assert client.get(f"/courses/{course.pk}/").status_code == 404
    assert post(client, course, "answer", accept="").redirect_chain == [(f"/courses/{course.pk}/", 302)]
    assert (list(course.assistants.all()), course.assistant_invitations.count()) == ([ada], 0)
    assert post(client, course, "answer", accept="").status_code == 404


def test_invited_person_declines(client, course):
    ada = factories.user()
    course.assistant_invitations.create(email=ada.email, invitee=ada, invited_at=timezone.now())
    client.force_login(ada)
    assert "You are invited" not in post(client, course, "answer", decline="").text
    assert (course.assistants.count(), course.assistant_invitations.count()) == (0, 0)


def test_account_made_after_the_invitation_cannot_accept_it(teacher, client, course):
    """Addresses of new accounts may be unconfirmed."""
    post(teacher, course, "invite", email="late@example.org")
    late = factories.user()
    late.email = "late@example.org"
    late.save()
    client.force_login(late)
    assert "You are invited" not in client.get("/").text
    assert post(client, course, "answer", accept="").status_code == 404


@pytest.mark.services
def test_invited_person_who_has_joined_meanwhile_stays_a_student(client, course):
    ada = factories.student_of(course)
    course.assistant_invitations.create(email=ada.email, invitee=ada, invited_at=timezone.now())
    client.force_login(ada)
    text = "You are in this course already, so you cannot assist in it."
    assert messages(post(client, course, "answer", accept="")) == [text]
    assert (course.assistants.count(), course.assistant_invitations.count()) == (0, 0)


def test_invited_person_who_has_become_an_administrator_cannot_assist(client, course):
    invited = factories.teacher()
    course.assistant_invitations.create(email=invited.email, invitee=invited, invited_at=timezone.now())
    invited.role = "administrator"
    invited.save()
    client.force_login(invited)
    assert messages(post(client, course, "answer", accept="")) == ["Administrators have no role in courses."]
    assert (course.assistants.count(), course.assistant_invitations.count()) == (0, 0)


@pytest.mark.parametrize(
    ("role", "text"),
    [
        ("teacher", "{} is a teacher of this course."),
        ("assistant", "{} is already an assistant of this course."),
        ("student", "{} is a student of this course. Remove them first."),
    ],
)
def test_members_are_not_invited(teacher, course, role, text):
    people = {"assistant": factories.assistant_of, "student": factories.student_of}
    person = course.teachers.get() if role == "teacher" else people[role](course)
    assert messages(post(teacher, course, "invite", email=person.email)) == [text.format(person.email)]
    assert not course.assistant_invitations.exists()


def test_something_else_than_an_address_is_refused(teacher, course):
    assert messages(post(teacher, course, "invite", email="Ada")) == ["Enter a valid e-mail address."]


@pytest.mark.services
def test_invitation_is_renewed_and_withdrawn(teacher, course):
    for _ in range(2):
        post(teacher, course, "invite", email="ada@example.org")
    invitation = course.assistant_invitations.get()
    response = post(teacher, course, "change", withdraw=invitation.pk)
    assert messages(response) == ["The invitation of ada@example.org is withdrawn."]
    assert messages(post(teacher, course, "change", withdraw=invitation.pk)) == []
    assert not course.assistant_invitations.exists()


def test_open_invitations_are_bounded(teacher, course, monkeypatch):
    monkeypatch.setattr(staff, "MAX_INVITATIONS", 1)
    post(teacher, course, "invite", email="ada@example.org")
    refused = post(teacher, course, "invite", email="ben@example.org")
    assert messages(refused) == ["Too many open invitations. Withdraw some first."]
    assert messages(post(teacher, course, "invite", email="ada@example.org")) == ["ada@example.org is invited."]
    assert course.assistant_invitations.get().email == "ada@example.org"


def test_assistant_is_removed(teacher, course):
    ada = factories.assistant_of(course, "Ada")
    assert "Ada" in staff_card(teacher.get(f"/courses/{course.pk}/members/"))
    assert messages(post(teacher, course, "change", remove=ada.pk)) == ["Ada is no longer an assistant."]
    assert messages(post(teacher, course, "change", remove=ada.pk)) == []
    assert not course.assistants.exists()


def test_teacher_and_student_are_not_removed_as_assistants(teacher, course):
    student = factories.student_of(course)
    for person in (course.teachers.get(), student):
        assert messages(post(teacher, course, "change", remove=person.pk)) == []
    assert (course.teachers.count(), course.enrolments.count()) == (1, 1)


@pytest.mark.parametrize("body", [{}, {"remove": "x"}, {"withdraw": "9" * 30}, {"remove": "²"}])
def test_malformed_change_is_refused(teacher, course, body):
    assert post(teacher, course, "change", **body).status_code == 400


@pytest.mark.parametrize(("days_ago", "is_open"), [(2, True), (3, False)])
@pytest.mark.parametrize("is_known", [True, False])
def test_invitation_expires_whether_or_not_the_address_has_an_account(
    teacher, course, settings, days_ago, is_open, is_known
):
    settings.INVITATION_DAYS = 3
    ada = factories.user()
    invited_at = timezone.now() - timedelta(days=days_ago)
    course.assistant_invitations.create(email=ada.email, invitee=ada if is_known else None, invited_at=invited_at)
    assert (ada.email in staff_card(teacher.get(f"/courses/{course.pk}/members/"))) == is_open
    teacher.force_login(ada)
    assert ("You are invited" in teacher.get("/").text) == (is_open and is_known)
    post(teacher, course, "answer", accept="")
    assert course.assistants.exists() == (is_open and is_known)
