"""Students who were absent, late or left early, by the stated thresholds."""

from datetime import timedelta

import pytest

from classroom.domain.history.presence import absentees, presences
from classroom.domain.sessions import end_session
from classroom.models import Removal
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
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
    Removal.objects.update(removed_at=NOW + 10 * MINUTE)
    end_session(session=session, now=END)
    found = presence_by_name(session)["Ada"]
    assert (found.left_early, found.removed) == (False, True)


def test_student_removed_after_the_class_had_left_early(session):
    ada = attend(session, "Ada", left_at=NOW + 10 * MINUTE)
    end_session(session=session, now=END)
    ada.enrolments.all().delete()
    Removal.objects.update(removed_at=END + MINUTE)
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


def test_absentees_of_several_sessions_take_one_query(session, django_assert_num_queries):
    others = [factories.session(session.course, ended_at=END) for _ in range(3)]
    ben = enrolled(session, "Ben", at=NOW)
    with django_assert_num_queries(1):
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
