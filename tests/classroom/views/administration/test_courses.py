"""The list of courses, what can be done to several at once, and new ones."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from classroom.models import ClassSession, Course, Enrolment, Term
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LIST, CHANGE, NEW = "/administration/courses/", "/administration/courses/change/", "/administration/courses/new/"


@pytest.fixture
def admin(client):
    client.force_login(factories.user("administrator"))
    return client


@pytest.fixture
def term():
    today = timezone.localdate()
    return Term.objects.create(name="This year", first_day=today, last_day=today + timedelta(days=100))


def messages(response) -> list[str]:
    return [str(each) for each in response.context["messages"]]


def names(response) -> list[str]:
    return [course.name for course in response.context["list"].page.object_list]


@pytest.mark.parametrize("rows", [3, 300])
def test_list_takes_the_same_queries_for_any_number_of_courses(admin, django_assert_num_queries, rows, term):
    teachers = [factories.teacher() for _ in range(3)]
    courses = Course.objects.bulk_create(Course(name=f"Course {n}", term=term) for n in range(rows))
    Course.teachers.through.objects.bulk_create(
        Course.teachers.through(course=course, user=teacher) for course in courses for teacher in teachers
    )
    student = factories.user()
    Enrolment.objects.bulk_create(Enrolment(course=course, student=student) for course in courses)
    ClassSession.objects.bulk_create(
        ClassSession(course=course, topic="Means", started_at=NOW, ended_at=NOW) for course in courses
    )
    # The sign-in and its user; the count, the page and its teachers; the terms twice and the teachers for the forms.
    with django_assert_num_queries(8):
        response = admin.get(LIST)
    assert response.context["list"].page.paginator.count == rows


def test_row_counts_students_and_classes(admin, term):
    course = factories.course(factories.teacher("Ada"), factories.teacher("Bo"), name="Algebra", term=term)
    for _ in range(3):
        factories.student_of(course)
    for day in range(2):
        factories.session(course, started_at=NOW, ended_at=NOW + timedelta(days=day))
    factories.session(course)
    (row,) = admin.get(LIST).context["list"].page.object_list
    assert (row.students, row.held, row.is_running) == (3, 2, True)
    page = re.sub(r"\s+", " ", admin.get(LIST).content.decode())
    assert "Ada, Bo" in page
    assert "Running now" in page


def test_list_is_filtered_by_state_term_and_teacher(admin, term):
    old = Term.objects.create(name="Old", first_day=date(2020, 1, 1), last_day=date(2020, 6, 1))
    ada = factories.teacher("Ada Lovelace")
    factories.course(ada, name="Open", term=term)
    factories.course(name="Closed", accepts_joins=False, join_code="CLQSEDXX")
    factories.course(ada, name="Over", term=old)
    factories.course(name="Archived", archived_at=NOW, term=old)
    Course.objects.create(name="Teacherless")
    factories.session(factories.course(name="Running"))
    factories.session(Course.objects.get(name="Open"), ended_at=NOW)
    found = {
        "": ["Closed", "Open", "Over", "Running", "Teacherless"],
        "state=all": ["Archived", "Closed", "Open", "Over", "Running", "Teacherless"],
        "state=archived": ["Archived"],
        "state=closed": ["Closed"],
        "state=over": ["Over"],
        "state=running": ["Running"],
        "state=teacherless": ["Teacherless"],
        f"term={term.pk}": ["Open"],
        "term=null": ["Closed", "Running", "Teacherless"],
        f"teacher={ada.pk}": ["Open", "Over"],
        f"teacher={ada.pk}&term={old.pk}": ["Over"],
        "search=lovelace": ["Open", "Over"],
        "search=clqsed": ["Closed"],
    }
    assert {query: names(admin.get(f"{LIST}?{query}")) for query in found} == found


@pytest.mark.parametrize(
    "query", ["term=x", "term=99999999999999999999", "teacher=0", "state=x", "search=%00", "page=-1"]
)
def test_list_survives_filters_that_nobody_can_choose(admin, query):
    factories.course(name="Algebra")
    assert names(admin.get(f"{LIST}?{query}")) == ["Algebra"]


def test_selected_courses_are_archived_except_those_with_a_running_class(admin):
    first, second, running = (factories.course(name=name) for name in ("Algebra", "Biology", "Chemistry"))
    untouched = factories.course()
    factories.session(running, started_at=timezone.now())
    selected = [course.pk for course in (first, second, running)]
    response = admin.post(CHANGE, {"change": "archive", "selected": selected, "query": "sort=-name"}, follow=True)
    assert response.redirect_chain == [(f"{LIST}?sort=-name", 302)]
    assert messages(response) == [
        "2 courses were archived.",
        "A class is running in these courses, so they were not archived: Chemistry.",
    ]
    assert set(Course.objects.current()) == {running, untouched}


def test_everything_that_the_list_found_is_changed(admin, term):
    for n in range(60):
        factories.course(name=f"Algebra {n}")
    other = factories.course(name="Biology")
    body = {"change": "set_term", "term": term.pk, "everything": "on", "query": "search=algebra&page=2"}
    assert messages(admin.post(CHANGE, body, follow=True)) == ["60 courses are now in This year."]
    assert list(Course.objects.filter(term=None)) == [other]
    body = {"change": "set_term", "term": "", "selected": Course.objects.filter(term=term).first().pk}
    assert messages(admin.post(CHANGE, body, follow=True)) == ["1 course now has no term."]


def test_archived_courses_are_restored(admin):
    course = factories.course(archived_at=NOW)
    body = {"change": "restore", "selected": course.pk}
    assert messages(admin.post(CHANGE, body, follow=True)) == ["1 course was restored."]
    assert list(Course.objects.current()) == [course]


@pytest.mark.parametrize(
    "body",
    [
        {"selected": ["x", "-1", "9" * 30]},
        {},
        {"everything": "on", "query": "term=nonsense"},
    ],
)
def test_nothing_is_changed_when_nothing_is_selected(admin, body):
    course = factories.course()
    assert messages(admin.post(CHANGE, {"change": "archive", **body}, follow=True)) == ["No course was selected."]
    assert list(Course.objects.current()) == [course]


def test_unknown_change_is_refused(admin):
    assert admin.post(CHANGE, {"change": "explode"}).status_code == 400


def test_course_is_created_in_the_present_term(admin, term):
    assert f'<option value="{term.pk}" selected>' in admin.get(NEW).content.decode()
    response = admin.post(NEW, {"name": "Algebra", "description": "", "term": term.pk}, follow=True)
    course = Course.objects.get()
    assert (course.name, course.term) == ("Algebra", term)
    assert response.redirect_chain == [(f"{LIST}{course.pk}/", 302)]
    assert messages(response) == ["“Algebra” was created. Now choose its teachers."]


def test_course_without_a_name_is_not_created(admin):
    assert admin.post(NEW, {"name": " "}).status_code == 422
    assert not Course.objects.exists()
