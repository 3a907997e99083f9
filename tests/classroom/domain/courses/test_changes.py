from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.models import DEFAULT_ORGANISATION, SecurityEvent, User
from classroom.domain.courses.changes import archive_course, change_course, create_course, restore_course, set_term
from classroom.domain.courses.joining import JoiningClosed, JoinOutcome, join_by_code, switch_joining
from classroom.domain.courses.staff import MayNotBeStaff
from classroom.domain.courses.terms import delete_term, save_term, term_of_day
from classroom.domain.sessions import CourseIsArchived, SessionAlreadyRunning, idle_timeout, start_session
from classroom.models import Course, Enrolment, Term
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def events(django_capture_on_commit_callbacks):
    """Does what a commit would do, and returns the events since then: name and details."""

    def since(change) -> list[tuple[str, dict]]:
        known = set(SecurityEvent.objects.values_list("pk", flat=True))
        with django_capture_on_commit_callbacks(execute=True):
            change()
        return list(SecurityEvent.objects.exclude(pk__in=known).order_by("pk").values_list("event", "details"))

    return since


def term(name: str = "Autumn", first: date = date(2026, 8, 1), last: date = date(2026, 12, 31)) -> Term:
    return Term.objects.create(name=name, first_day=first, last_day=last)


def test_course_is_created_with_its_teachers(events):
    ada = factories.teacher("Ada")
    course = Course(name="Algebra", term=term())
    created = events(lambda: create_course(course=course, teachers=[ada]))
    assert created[0] == ("course_created", {"course": course.pk})
    assert list(Course.objects.get().teachers.all()) == [ada]


@pytest.mark.parametrize("fields", [{"role": "administrator"}, {"is_active": False}, {"email": "t@simulation.invalid"}])
def test_course_is_not_created_with_a_teacher_who_cannot_be_one(fields):
    teacher = User.objects.create(**{"email": "t@example.org", "name": "T", "role": "teacher"} | fields)
    with pytest.raises(MayNotBeStaff):
        create_course(course=Course(name="Algebra"), teachers=[teacher])
    assert not Course.objects.exists()


def test_changed_fields_are_saved_and_recorded(events):
    course = factories.course(name="Algebra", description="Old")
    course.name = "Algebra I"
    assert events(lambda: change_course(course=course, changed=["name"])) == [
        ("course_changed", {"course": course.pk, "changes": {"name": None}})
    ]
    stored = Course.objects.get()
    assert (stored.name, stored.description) == ("Algebra I", "Old")
    assert events(lambda: change_course(course=course, changed=[])) == []


def test_term_is_set_for_those_that_have_another(events):
    autumn, spring = term(), term("Spring")
    had, other, none = (factories.course(term=each) for each in (autumn, spring, None))
    assert events(lambda: set_term(courses=Course.objects.all(), term=autumn)) == [
        ("course_changed", {"course": other.pk, "changes": {"term": [spring.pk, autumn.pk]}}),
        ("course_changed", {"course": none.pk, "changes": {"term": [None, autumn.pk]}}),
    ]
    assert set_term(courses=Course.objects.filter(pk=had.pk), term=None) == 1
    assert dict(Course.objects.values_list("pk", "term__name")) == {
        had.pk: None,
        other.pk: "Autumn",
        none.pk: "Autumn",
    }


def test_nobody_starts_a_class_in_an_archived_course_until_it_is_restored(events):
    course = factories.course()
    assert events(lambda: archive_course(course=course, now=NOW)) == [("course_archived", {"course": course.pk})]
    assert archive_course(course=course, now=NOW) is False
    with pytest.raises(CourseIsArchived):
        start_session(course=course, topic="Means", now=NOW)
    assert events(lambda: restore_course(course=course)) == [("course_restored", {"course": course.pk})]
    assert restore_course(course=course) is False
    assert start_session(course=course, topic="Means", now=NOW).topic == "Means"


def test_course_with_a_running_class_is_not_archived():
    session = factories.session()
    with pytest.raises(SessionAlreadyRunning) as refused:
        archive_course(course=session.course, now=NOW)
    assert refused.value.session == session
    assert not Course.objects.get().is_archived


def test_class_that_everybody_has_left_does_not_keep_a_course_from_being_archived():
    session = factories.session()
    assert archive_course(course=session.course, now=NOW + idle_timeout())
    session.refresh_from_db()
    assert session.ended_at == NOW


@pytest.mark.parametrize("closed_by", ["closing", "archiving"])
def test_closed_course_takes_no_new_students_and_keeps_its_own(closed_by):
    course = factories.course()
    member, newcomer = factories.student_of(course), factories.user()
    if closed_by == "closing":
        switch_joining(course=course, accepts_joins=False)
    else:
        archive_course(course=course, now=NOW)
    with pytest.raises(JoiningClosed):
        join_by_code(student=newcomer, join_code=course.join_code, now=NOW)
    joined = join_by_code(student=member, join_code=course.join_code, now=NOW)
    assert joined == (course, JoinOutcome.ALREADY_ENROLLED)
    assert [each.student for each in Enrolment.objects.all()] == [member]


def test_closing_and_opening_a_course_is_recorded_once_each(events):
    course = factories.course()
    for accepts_joins in (False, True):
        assert events(lambda accepts=accepts_joins: switch_joining(course=course, accepts_joins=accepts)) == [
            ("joining_changed", {"course": course.pk, "accepts_joins": accepts_joins})
        ]
        assert events(lambda accepts=accepts_joins: switch_joining(course=course, accepts_joins=accepts)) == []


def test_terms_are_recorded_and_leave_their_courses(events):
    autumn = Term(name="Autumn", first_day=date(2026, 8, 1), last_day=date(2026, 12, 31))
    (created,) = events(lambda: save_term(term=autumn))
    assert created == ("term_created", {"term": autumn.pk})
    autumn.name = "Winter"
    assert events(lambda: save_term(term=autumn)) == [("term_changed", {"term": autumn.pk})]
    course, pk = factories.course(term=autumn), autumn.pk
    assert events(lambda: delete_term(term=autumn)) == [("term_deleted", {"term": pk})]
    course.refresh_from_db()
    assert course.term is None


@pytest.mark.parametrize("fields", [{"name": "autumn"}, {"name": "Spring", "last": date(2026, 7, 31)}])
def test_database_refuses_a_second_term_of_a_name_and_one_that_ends_before_it_begins(fields):
    term()
    with pytest.raises(IntegrityError), transaction.atomic():
        term(**fields)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 7, 31), None),
        (date(2026, 8, 1), "Year"),
        (date(2026, 9, 1), "Autumn"),
        (date(2026, 12, 31), "Autumn"),
        (date(2027, 1, 1), "Year"),
    ],
)
def test_term_of_a_day_is_the_latest_that_has_begun(day, expected):
    term("Year", date(2026, 8, 1), date(2027, 7, 31))
    term("Autumn", date(2026, 9, 1), date(2026, 12, 31))
    found = term_of_day(DEFAULT_ORGANISATION, day)
    assert (found.name if found else None) == expected
