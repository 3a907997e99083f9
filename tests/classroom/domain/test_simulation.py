"""A simulated class creates what it should, and leaves nothing behind unless it is kept."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.signing import BadSignature
from django.test import Client

from accounts.models import User
from classroom.domain.consent.consents import consent_in_class, grant_consent
from classroom.domain.simulation import (
    ABANDONED_AFTER,
    SimulationOver,
    end_abandoned_simulations,
    end_simulation,
    renew_simulation,
    start_simulation,
)
from classroom.models import Attendance, ClassSession, Course, Enrolment, GuardianConsent, Reading, SimulatedClass
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def course():
    return factories.course(simulated=True)


@pytest.fixture
def what_is_there(course):
    """A function that returns how many rows of each kind there are."""
    return lambda: [model.objects.count() for model in (User, Course, Enrolment, ClassSession, Attendance, Reading)]


def hold(simulation, students=None):
    """Give the students an attendance and a reading each."""
    for student in students or simulation.students:
        factories.attendance(simulation.session, student)
        factories.reading(simulation.session, student, after_s=5)


def start(course=None, *, students=2, now=NOW, **options):
    return start_simulation(students=students, join_code=course.join_code if course else "", now=now, **options)


def end(simulation, *, keep=False, now=NOW + MINUTE):
    end_simulation(ticket=simulation.ticket, keep=keep, now=now)


def test_class_has_names_of_its_own_and_enrolled_students(course):
    simulation = start(course, students=800, topic="Standard deviation")
    assert simulation.session.topic == "Standard deviation"
    assert len({student.name for student in simulation.students}) == 800
    assert {student.display_name for student in simulation.students} == {each.name for each in simulation.students}
    assert Enrolment.objects.filter(course=course, student__in=simulation.students).count() == 800
    assert simulation.teacher in course.teachers.all()


@pytest.mark.parametrize("in_new_course", [False, True])
def test_nothing_is_left_of_a_class_that_is_not_kept(course, what_is_there, in_new_course):
    before = what_is_there()
    simulation = start(None if in_new_course else course)
    hold(simulation)
    client = Client()
    client.force_login(simulation.students[0])
    assert what_is_there() != before
    end(simulation)
    assert what_is_there() == before
    assert (SimulatedClass.objects.count(), Session.objects.count()) == (0, 0)
    end(simulation)


def test_kept_class_leaves_students_who_cannot_sign_in(course):
    simulation = start(course)
    hold(simulation)
    bystander, student = Client(), Client()
    bystander.force_login(course.teachers.exclude(pk=simulation.teacher.pk).get())
    student.force_login(simulation.students[0])
    end(simulation, keep=True)
    session = ClassSession.objects.get()
    assert (session.ended_at, session.readings.count()) == (NOW + MINUTE, 2)
    assert [each.has_usable_password() for each in User.objects.filter(role="student")] == [False, False]
    assert (course.teachers.count(), SimulatedClass.objects.count()) == (1, 0)
    assert [key.session_key for key in Session.objects.all()] == [bystander.session.session_key]


def test_interrupted_class_leaves_what_an_earlier_one_kept(course, what_is_there):
    first = start(course)
    hold(first)
    end(first, keep=True)
    before = what_is_there()
    second = start(course, students=3, now=NOW + 2 * MINUTE)
    assert second.students[:2] == first.students
    hold(second)
    end(second, now=NOW + 3 * MINUTE)
    assert what_is_there() == before
    assert Reading.objects.filter(session=first.session).count() == 2


def test_interrupted_class_leaves_a_session_that_a_teacher_has_started(course):
    first = start(course)
    end(first, keep=True)
    running = factories.session(course, started_at=NOW + 2 * MINUTE)
    ada = factories.student_of(course)
    second = start(course, students=3, now=NOW + 3 * MINUTE)
    assert second.session == running
    hold(second, [*second.students, ada])
    end(second, now=NOW + 4 * MINUTE)
    running.refresh_from_db()
    assert running.is_running
    assert [each.student for each in running.attendances.all()] == [ada]
    assert [each.student for each in running.readings.all()] == [ada]


def test_students_whom_a_teacher_removed_return(course):
    first = start(course)
    end(first, keep=True)
    removed = first.students[0]
    removed.enrolments.all().delete()
    assert course.removals.get().student == removed
    start(course, now=NOW + 2 * MINUTE)
    assert course.enrolments.filter(student=removed).exists()
    assert not course.removals.exists()


def test_class_is_called_simulated_and_its_new_course_by_the_time(course, settings):
    settings.TIME_ZONE = "Asia/Kolkata"
    simulation = start(now=NOW)
    assert simulation.session.topic == "Simulated class"
    assert simulation.session.course.name == "Simulated course of 2 November 2026, 15:30"


@pytest.mark.parametrize("is_kept", [False, True])
def test_students_need_no_guardian(course, settings, is_kept):
    settings.GUARDIAN_CONSENT_REQUIRED = True
    for minute in (0, 2):
        simulation = start(course, now=NOW + minute * MINUTE)
        for student in simulation.students:
            grant_consent(student=student, course=course, version=1, now=NOW)
            assert consent_in_class(student, session=simulation.session)
        end(simulation, keep=is_kept, now=NOW + (minute + 1) * MINUTE)
    assert GuardianConsent.objects.count() == (2 if is_kept else 0)


def test_class_whose_program_is_silent_is_removed(course, what_is_there):
    before = what_is_there()
    hold(start(course))
    assert end_abandoned_simulations(now=NOW + ABANDONED_AFTER) == 0
    assert end_abandoned_simulations(now=NOW + ABANDONED_AFTER + MINUTE) == 1
    assert what_is_there() == before


def test_class_whose_program_is_heard_of_stays(course):
    simulation = start(course)
    renew_simulation(ticket=simulation.ticket, now=NOW + ABANDONED_AFTER)
    assert end_abandoned_simulations(now=NOW + 2 * ABANDONED_AFTER) == 0
    end(simulation)
    with pytest.raises(SimulationOver):
        renew_simulation(ticket=simulation.ticket, now=NOW + ABANDONED_AFTER)


def test_forged_ticket_is_refused(course):
    for call in (renew_simulation, end_simulation):
        options = {"keep": False} if call is end_simulation else {}
        with pytest.raises(BadSignature):
            call(ticket="forged", now=NOW, **options)
