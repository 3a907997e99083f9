"""One course, as administrators manage it."""

import re

import pytest
from django.utils import timezone

from classroom.models import Course, Term
from classroom.tasks import course_deletion
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def admin(client):
    client.force_login(factories.user("administrator"))
    return client


@pytest.fixture
def course():
    return factories.course(name="Algebra", join_code="STAT2345")


def at(course: Course, page: str = "") -> str:
    return f"/administration/courses/{course.pk}/{page}"


def messages(response) -> list[str]:
    return [str(each) for each in response.context["messages"]]


@pytest.mark.services
def test_name_and_term_are_changed(admin, course):
    term = Term.objects.create(name="Autumn", first_day=NOW, last_day=NOW)
    response = admin.post(at(course), {"name": "Algebra I", "description": "First", "term": term.pk}, follow=True)
    assert messages(response) == ["Saved."]
    course.refresh_from_db()
    assert (course.name, course.description, course.term) == ("Algebra I", "First", term)


def test_refused_name_leaves_the_heading_as_it_was(admin, course):
    response = admin.post(at(course), {"name": ""})
    assert response.status_code == 422
    assert "<h1>Algebra</h1>" in response.content.decode()


@pytest.mark.services
@pytest.mark.parametrize(("joining", "accepts", "approves"), [("nobody", False, False), ("approved", True, True)])
def test_administrator_chooses_who_may_join(admin, course, joining, accepts, approves):
    admin.post(at(course, "joining/"), {"joining": joining})
    course.refresh_from_db()
    assert (course.accepts_joins, course.approves_joins) == (accepts, approves)


def test_administrator_makes_a_new_join_code(admin, course):
    response = admin.post(at(course, "join-code/"), follow=True)
    new = Course.objects.get().join_code
    assert new != "STAT2345"
    assert messages(response) == [f"The new join code is {new}. The old code and links with it no longer work."]


def test_course_is_archived_and_restored(admin, course):
    assert messages(admin.post(at(course, "archive/"), follow=True)) == ["“Algebra” was archived."]
    assert Course.objects.get().is_archived
    response = admin.post(at(course, "archive/"), {"restore": ""}, follow=True)
    assert messages(response) == ["“Algebra” was restored."]
    assert not Course.objects.get().is_archived


@pytest.mark.parametrize("page", ["archive/", "delete/"])
def test_course_with_a_running_class_says_so(admin, course, page):
    factories.session(course, started_at=timezone.now())
    response = admin.post(at(course, page), {"name": "Algebra"}, follow=True)
    assert "“Means” is running in this course. Wait until it is over" in response.content.decode()
    assert list(Course.objects.current()) == [course]


def test_statement_before_deleting_counts_what_goes(admin, course):
    factories.full_session(course)
    page = re.sub(r"\s+", " ", admin.get(at(course, "delete/")).content.decode())
    contents = re.findall(r"<li>([^<]*)</li>", page[page.index('data-testid="contents"') :])
    assert contents == [
        "the enrolments of 2 students; their accounts stay",
        "1 class, with its attendance and reports",
        "6 readings, with the summaries made from them",
        "2 answers",
        "1 raised hand",
        "1 marker",
        "1 alert",
    ]


@pytest.mark.parametrize("typed", ["", "algebra", "Algebra I"])
def test_course_is_not_deleted_without_its_exact_name(admin, course, typed):
    assert admin.post(at(course, "delete/"), {"name": typed}).status_code == 422
    assert not Course.objects.get().is_being_deleted


@pytest.mark.django_db(transaction=True)
def test_course_is_deleted_in_the_background(admin, course):
    factories.full_session(course)
    response = admin.post(at(course, "delete/"), {"name": " Algebra "}, follow=True)
    assert messages(response) == ["“Algebra” is being deleted, with everything recorded in it."]
    course_deletion.thread.wait_until_idle()
    assert not Course.objects.exists()


@pytest.mark.services
def test_page_of_a_course_that_is_being_deleted_changes_nothing(admin, course):
    Course.objects.update(archived_at=NOW, deletion_began_at=NOW)
    page = admin.get(at(course)).content.decode()
    assert "This course is being deleted." in page
    assert "<button" not in page[page.index("<main") :]
