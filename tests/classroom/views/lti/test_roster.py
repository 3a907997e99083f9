"""The roster of a platform: shown first, then added."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lti_tool.models import LtiRegistration

from accounts.models import LtiAccount, User
from classroom.domain.courses.membership import remove_students
from classroom.models import Course, Enrolment, LtiCourse
from tests import factories
from tests.lti_platform import ASSISTANT, ROSTER_SCOPE, STUDENT, TEACHER
from tests.lti_visits import INSTRUCTOR, known, launch, take_site_keys

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def member(subject: str, roles: list[str] = STUDENT, **fields) -> dict:
    about = {"user_id": subject, "name": subject.title(), "email": f"{subject}@school.example", "roles": roles}
    return {name: value for name, value in {**about, "status": "Active", **fields}.items() if value is not None}


@pytest.fixture
def course(client, platform) -> Course:
    """Linked by its teacher, who is signed in."""
    made = factories.course(known(platform, factories.teacher(), "tom"))
    launch(client, platform, INSTRUCTOR)
    client.post("/lti/course/", {"choice": f"course:{made.pk}"}, follow=True)
    take_site_keys(platform)
    return made


def preview(client: Client, course: Course):
    return client.post(f"/courses/{course.pk}/roster/preview/", {"link": LtiCourse.objects.get().pk})


def add(client: Client, course: Course):
    return client.post(f"/courses/{course.pk}/roster/add/", {"link": LtiCourse.objects.get().pk}, follow=True)


def outcomes(response) -> dict[str, str]:
    return {row.member.subject: row.outcome.value for row, _text in response.context["rows"]}


def test_preview_says_what_would_happen_to_each_and_changes_nothing(client, platform, course):
    known(platform, factories.user(), "known")
    known(platform, factories.student_of(course), "inside")
    removed = known(platform, factories.student_of(course), "removed")
    remove_students(course=course, students=[removed.pk])
    known(platform, factories.user(is_active=False), "closed")
    taken = factories.user()
    platform.members = [
        *(member(name) for name in ("known", "inside", "removed", "closed", "new")),
        member("taken", email=taken.email),
        member("nameless", email=None, name=None),
        member("gone", status="Inactive"),
        member("amy", ASSISTANT),
        member("tom", TEACHER),
    ]
    users, enrolled = User.objects.count(), Enrolment.objects.count()
    assert outcomes(preview(client, course)) == {
        **{"known": "enrol", "inside": "member", "removed": "removed", "closed": "may_not", "new": "new_account"},
        **{"taken": "no_account", "nameless": "no_account", "gone": "inactive", "amy": "staff", "tom": "member"},
    }
    assert (User.objects.count(), Enrolment.objects.count()) == (users, enrolled)


@pytest.mark.services
def test_students_are_added_after_the_preview(client, platform, course):
    user = known(platform, factories.user(), "known")
    platform.members = [member("known"), member("new", name="Nina New"), member("amy", ASSISTANT)]
    assert "Add 2 students" in preview(client, course).text
    assert "2 students were added." in add(client, course).text
    new = User.objects.get(email="new@school.example")
    assert {each.student for each in course.enrolments.all()} == {user, new}
    assert (new.name, new.role, new.has_usable_password()) == ("Nina New", "student", False)
    assert LtiAccount.objects.get(user=new).subject == "new"
    assert not new.consents.exists()
    assert "Get the list again" in add(client, course).text


def test_person_who_was_added_opens_the_course_later(client, platform, course):
    platform.members = [member("new")]
    preview(client, course)
    add(client, course)
    claims = {"sub": "new", "name": "New", "https://purl.imsglobal.org/spec/lti/claim/roles": STUDENT}
    assert launch(Client(), platform, claims).request["PATH_INFO"] == f"/courses/{course.pk}/"


def test_pages_of_a_long_roster_are_read_with_the_scope_of_rosters_alone(client, platform, course):
    platform.members_a_page = 2
    platform.members = [member(f"student-{number}") for number in range(5)]
    assert len(outcomes(preview(client, course))) == 5
    assert {form["scope"] for form in platform.token_requests} == {ROSTER_SCOPE}


def test_closed_course_takes_nobody_from_the_roster(client, platform, course):
    known(platform, factories.user(), "known")
    platform.members = [member("known"), member("new")]
    assert "Add 2 students" in preview(client, course).text
    Course.objects.filter(pk=course.pk).update(accepts_joins=False)
    assert "0 students were added." in add(client, course).text
    assert not User.objects.filter(email="new@school.example").exists()
    response = preview(client, course)
    assert outcomes(response) == {"known": "closed", "new": "closed"}
    assert "Nobody would be added." in response.text


def test_people_who_share_an_address_get_one_account(client, platform, course):
    platform.members = [member(name, email="family@school.example") for name in ("ada", "ben")]
    response = preview(client, course)
    assert outcomes(response) == {"ada": "new_account", "ben": "no_account"}
    assert "Add 1 student" in response.text
    assert "1 student was added." in add(client, course).text


@pytest.mark.services
def test_nobody_gets_an_account_where_the_school_gives_none(client, platform, course, settings):
    settings.LTI_NEW_ACCOUNTS = "nobody"
    platform.members = [member("new")]
    assert outcomes(preview(client, course)) == {"new": "no_account"}


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/token", (500, b"")),
        ("/token", (200, b"no json")),
        ("/token", (200, b"{}")),
        ("/members", (403, b"")),
        ("/members", (200, b"no json")),
        ("/members", (200, b'{"members": 3}')),
        ("/members", (200, b'{"members": ["text"]}')),
        ("/members", (200, b'{"members": ' + b"[" * 100_000)),
    ],
    ids=range(8),
)
def test_platform_that_sends_no_roster_is_reported(client, platform, course, path, answer):
    platform.answers[path] = answer
    response = client.get(preview(client, course).url)
    assert "The learning platform did not send its list of members." in response.text
    assert not course.enrolments.exists()


def test_roster_on_a_private_network_is_not_asked_for(client, platform, course, settings):
    settings.PRIVATE_TARGETS_ALLOWED = False
    assert preview(client, course).status_code == 302
    assert platform.token_requests == []


def test_platform_that_is_switched_off_is_not_asked(client, platform, course):
    page = f"/courses/{course.pk}/roster/"
    shown = client.get(page).text
    name = f'<span class="visually-hidden"> {LtiCourse.objects.get().context}</span>'
    assert f"Get the list of members{name}" in shown
    assert f"Unlink{name}" in shown
    LtiRegistration.objects.update(is_active=False)
    assert "Get the list of members" not in client.get(page).text
    assert preview(client, course).status_code == 302
    assert platform.token_requests == []


def test_queries_of_a_preview_do_not_grow_with_the_members(client, platform, course):
    counts = []
    for names in (["one"], ["two", "three", "four"]):
        for name in names:
            known(platform, factories.user(), name)
        platform.members = [member(name) for name in names] + [member(f"new-{name}") for name in names]
        with CaptureQueriesContext(connection) as queries:
            assert preview(client, course).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.services
def test_unlinked_course_keeps_its_members_and_takes_no_more(client, platform, course):
    factories.student_of(course)
    client.post(f"/courses/{course.pk}/roster/unlink/", {"link": LtiCourse.objects.get().pk})
    assert (LtiCourse.objects.exists(), course.enrolments.count()) == (False, 1)
    response = launch(Client(), platform, {**INSTRUCTOR, "sub": "zoe", "email": "zoe@school.example"})
    assert response.request["PATH_INFO"] == "/lti/course/"


@pytest.mark.parametrize("link", ["", "x", "²", "9" * 30, "0"])
def test_link_that_is_none_of_the_course_is_not_found(client, course, link):
    assert client.post(f"/courses/{course.pk}/roster/preview/", {"link": link}).status_code == 404


def test_members_page_leads_to_the_roster_of_a_linked_course_alone(client, platform, course):
    page = f"/courses/{course.pk}/roster/"
    assert page in client.get(f"/courses/{course.pk}/members/").text
    LtiRegistration.objects.get().delete()
    assert page not in client.get(f"/courses/{course.pk}/members/").text
