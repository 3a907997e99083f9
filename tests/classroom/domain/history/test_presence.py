"""Students who were absent, late or left early, by the stated thresholds."""

from datetime import timedelta

import pytest

from classroom.domain.courses.membership import leave_course, readmit_students, remove_students
from classroom.domain.history.presence import (
    Punctuality,
    absentees,
    earlier_enrolments,
    presences,
    punctualities,
)
from classroom.domain.history.register import sessions_missed
from classroom.domain.sessions import end_session
from classroom.models import Attendance, Enrolment, PastEnrolment
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
END = NOW + 45 * MINUTE


@pytest.fixture
def session():
    return factories.session()


def enrolled(session, name, *, at=NOW):
    student = factories.student_of(session.course, name)
    student.enrolments.update(joined_at=at)
    return student


def attend(session, name, *, joined_at=NOW, left_at=END):
    student = enrolled(session, name)
    factories.attendance(session, student, joined_at=joined_at, left_at=left_at)
    return student


def presence_by_name(session, now=END):
    session.refresh_from_db()
    return {each.person.name: each for each in presences(sessions=[session], now=now).values()}


def test_presence_late_and_left_early_count_from_beyond_five_minutes(session):
    attend(session, "Punctual", joined_at=NOW + 5 * MINUTE, left_at=END - 5 * MINUTE)
    attend(session, "Late", joined_at=NOW + 5 * MINUTE + SECOND)
    attend(session, "Early", left_at=END - 5 * MINUTE - SECOND)
    attend(session, "Both", joined_at=NOW + 20 * MINUTE, left_at=NOW + 25 * MINUTE)
    end_session(session=session, now=END)
    found = {name: (each.late, each.left_early) for name, each in presence_by_name(session).items()}
    assert found == {"Punctual": (False, False), "Late": (True, False), "Early": (False, True), "Both": (True, True)}


def test_presence_of_rejoined_student_is_judged_by_first_join_and_last_leave(session):
    ada = attend(session, "Ada", left_at=NOW + 2 * MINUTE)
    factories.attendance(session, ada, joined_at=NOW + 30 * MINUTE, left_at=END)
    end_session(session=session, now=END)
    [found] = presence_by_name(session).values()
    assert (found.late, found.left_early, found.rejoins, found.minutes) == (False, False, 1, 17.0)


def test_nobody_has_left_early_while_the_session_runs(session):
    attend(session, "Ada", left_at=NOW + MINUTE)
    assert presence_by_name(session)["Ada"].left_early is False


def test_student_removed_during_the_class_has_not_left_early(session):
    ada = attend(session, "Ada", left_at=NOW + 10 * MINUTE)
    ada.enrolments.all().delete()
    PastEnrolment.objects.update(left_at=NOW + 10 * MINUTE)
    end_session(session=session, now=END)
    found = presence_by_name(session)["Ada"]
    assert (found.left_early, found.removed) == (False, True)


def test_student_removed_during_the_class_has_not_left_early_when_let_in_again(session):
    ada = attend(session, "Ada", left_at=NOW + 10 * MINUTE)
    remove_students(course=session.course, students=[ada.pk])
    PastEnrolment.objects.update(left_at=NOW + 10 * MINUTE)
    end_session(session=session, now=END)
    readmit_students(course=session.course, students=[ada.pk])
    found = presence_by_name(session)["Ada"]
    assert (found.left_early, found.removed) == (False, True)


def test_student_who_left_the_course_during_the_class_had_left_early(session):
    ada = attend(session, "Ada", left_at=NOW + 10 * MINUTE)
    leave_course(course=session.course, student=ada)
    PastEnrolment.objects.update(left_at=NOW + 10 * MINUTE)
    end_session(session=session, now=END)
    found = presence_by_name(session)["Ada"]
    assert (found.left_early, found.removed) == (True, False)


def test_student_who_was_removed_and_joined_the_same_class_again_had_left_early(session):
    ada = attend(session, "Ada", left_at=NOW + 10 * MINUTE)
    for at in (5 * MINUTE, 10 * MINUTE):
        factories.past_enrolment(session.course, ada, joined_at=NOW, left_at=NOW + at)
    factories.attendance(session, ada, joined_at=NOW + 12 * MINUTE, left_at=NOW + 20 * MINUTE)
    end_session(session=session, now=END)
    found = presence_by_name(session)["Ada"]
    assert (found.left_early, found.removed) == (True, False)


def test_removal_from_another_course_or_of_another_student_does_not_matter(session):
    ada, ben = (attend(session, name, left_at=NOW + 10 * MINUTE) for name in ("Ada", "Ben"))
    times = {"joined_at": NOW, "left_at": NOW + 10 * MINUTE}
    factories.past_enrolment(session.course, ben, **times)
    factories.past_enrolment(factories.course(), ada, **times)
    assert {name: each.removed for name, each in presence_by_name(session).items()} == {"Ada": False, "Ben": True}


def test_student_removed_after_the_class_had_left_early(session):
    ada = attend(session, "Ada", left_at=NOW + 10 * MINUTE)
    end_session(session=session, now=END)
    ada.enrolments.all().delete()
    PastEnrolment.objects.update(left_at=END + MINUTE)
    found = presence_by_name(session)["Ada"]
    assert (found.left_early, found.removed) == (True, False)


def test_presence_names_the_person_with_address_and_school_id(session):
    ada = attend(session, "Ada")
    type(ada).objects.filter(pk=ada.pk).update(school_id="007")
    person = presence_by_name(session)["Ada"].person
    assert (person.id, person.email, person.school_id) == (ada.pk, ada.email, "007")


def test_absentees_are_the_enrolled_who_did_not_join(session):
    ada = attend(session, "Ada")
    for name in ("Zoe", "Ben"):
        enrolled(session, name)
    enrolled(session, "New", at=END + SECOND)
    enrolled(session, "Removed").enrolments.all().delete()
    end_session(session=session, now=END)
    session.refresh_from_db()
    found = absentees(sessions=[session], joined={(session.pk, ada.pk)})
    assert [person.name for person in found[session.pk]] == ["Ben", "Zoe"]


@pytest.mark.parametrize(
    ("periods", "is_absent"),
    [
        ([(-DAY, DAY)], True),
        ([(-DAY, 45 * MINUTE)], True),
        ([(45 * MINUTE, DAY)], True),
        ([(-3 * DAY, -2 * DAY), (-DAY, DAY), (DAY, 2 * DAY)], True),
        ([], False),
        ([(-DAY, 45 * MINUTE - SECOND)], False),
        ([(45 * MINUTE + SECOND, DAY)], False),
        ([(-2 * DAY, -DAY), (DAY, 2 * DAY)], False),
    ],
    ids=["over it", "to its end", "from its end", "several", "never", "left in it", "joined after", "between two"],
)
def test_student_who_came_back_is_absent_if_an_earlier_enrolment_contains_the_end(session, periods, is_absent):
    ada = enrolled(session, "Ada", at=NOW + 9 * DAY)
    for joined, left in periods:
        factories.past_enrolment(session.course, ada, joined_at=NOW + joined, left_at=NOW + left)
    end_session(session=session, now=END)
    session.refresh_from_db()
    found = absentees(sessions=[session], joined=set())[session.pk]
    assert [person.name for person in found] == ["Ada"] * is_absent
    assert list(sessions_missed(course=session.course, student=ada)) == [session] * is_absent
    Enrolment.objects.all().delete()
    assert absentees(sessions=[session], joined=set()) == {session.pk: []}
    assert not sessions_missed(course=session.course, student=ada).exists()


def test_absentees_of_several_sessions_take_two_queries(session, django_assert_num_queries):
    others = [factories.session(session.course, ended_at=END) for _ in range(3)]
    ben = enrolled(session, "Ben", at=NOW)
    for days in (2, 1):
        factories.past_enrolment(session.course, ben, joined_at=NOW - days * DAY, left_at=NOW - days * DAY)
    with django_assert_num_queries(2):
        found = absentees(sessions=[session, *others], joined={(others[0].pk, ben.pk)})
    assert [[person.name for person in found[each.pk]] for each in (session, *others)] == [
        ["Ben"],
        [],
        ["Ben"],
        ["Ben"],
    ]


def test_presences_leave_out_other_sessions(session):
    attend(session, "Ada")
    other = factories.session()
    attend(other, "Ben")
    assert list(presence_by_name(session)) == ["Ada"]


@pytest.mark.services
def test_database_tells_who_was_late_or_left_early_as_presences_do():
    """Students who join and leave on both sides of each bound, who are still there, never came in, or were removed: the
    last one after coming back."""
    course = factories.course()
    ended = factories.session(course, started_at=NOW - DAY, ended_at=NOW - DAY + 30 * MINUTE)
    for session in (ended, factories.session(course)):
        for joined in (0 * MINUTE, 5 * MINUTE, 5 * MINUTE + SECOND):
            for left in (30 * MINUTE, 25 * MINUTE, 25 * MINUTE - SECOND):
                times = {"joined_at": session.started_at + joined, "left_at": session.started_at + left}
                factories.attendance(session, factories.student_of(course), **times)
        factories.attendance(session, factories.student_of(course), joined_at=session.started_at)
        Attendance.objects.create(session=session, student=factories.student_of(course), changed_at=NOW)
    removed_at = ended.started_at + 24 * MINUTE
    for attendance in ended.attendances.order_by("pk")[2:9:3]:
        student = attendance.student
        PastEnrolment.objects.create(
            course=course, student=student, joined_at=NOW - 2 * DAY, left_at=removed_at, removed=True
        )
    factories.attendance(ended, student, joined_at=removed_at + SECOND, left_at=removed_at + 2 * SECOND)
    sessions, earlier = list(course.sessions.all()), earlier_enrolments([course.pk])
    for now in (NOW + 30 * SECOND, NOW + DAY):
        known = presences(sessions=sessions, now=now)
        found, people = punctualities(sessions=sessions, earlier=earlier, now=now)
        assert found == {key: Punctuality(each.late, each.left_early) for key, each in known.items()}
        assert people == {each.person.id: each.person for each in known.values()}
    early = [each.person.id for each in known.values() if each.left_early]
    assert {each.late for each in known.values()} == {True, False}
    assert (len(early), student.pk in early, sum(each.removed for each in known.values())) == (2, True, 2)
