"""A replay with the rules that were in force gives the alerts that fired."""

from datetime import timedelta

import pytest

from classroom.alert_rules import Rule
from classroom.domain.alerts.evaluation import evaluate_alerts
from classroom.domain.alerts.records import rules_for, save_rules
from classroom.domain.alerts.replay import replay_session
from classroom.domain.sessions import end_session
from classroom.models import Attendance, Reading, Stay
from tests import factories
from tests.classroom.domain.history.session_shapes import Shape, session_of_shape
from tests.factories import NOW, shares

pytestmark = pytest.mark.django_db
# Rules that fire within seconds.
QUICK_RULES = [
    Rule("student_negative", True, enter=0.4, leave=0.35, hold_s=10, recover_s=5, cooldown_s=20),
    Rule("student_away", True, enter=0.3, leave=0.2, hold_s=15, recover_s=10, cooldown_s=0),
    Rule("class_negative", True, enter=0.2, leave=0.1, hold_s=10, recover_s=5, cooldown_s=30),
    Rule("presence_low", True, enter=0.2, leave=0.15, hold_s=10, recover_s=5, cooldown_s=10),
]


def later(seconds):
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("seed", range(2))
def test_replay_gives_the_alerts_that_fired_live(seed):
    shape = Shape(students=5, seconds=240, every_s=3)
    session = session_of_shape(shape, seed)
    end = shape.starts + timedelta(seconds=shape.seconds)
    Stay.objects.filter(left_at=None).update(left_at=end)
    save_rules(course=session.course, rules=QUICK_RULES)
    for second in range(0, shape.seconds, 11):
        evaluate_alerts(session=session, now=shape.starts + timedelta(seconds=second))
    end_session(session=session, now=end)
    session.refresh_from_db()
    fields = ("kind", "student", "pending_at", "fired_at", "recovered_at")
    fired = sorted(
        ((*row, parent is not None) for *row, parent in session.alerts.values_list(*fields, "explained_by")), key=str
    )
    replayed = replay_session(session=session, rules={"same": rules_for(session.course)}, now=later(9000))["same"]
    assert len(fired) > 2
    assert fired == sorted(
        [
            (a.kind, a.student and a.student.pk, a.pending_at, a.fired_at, a.recovered_at, a.is_explained)
            for a in replayed
        ],
        key=str,
    )


def test_replay_over_a_long_gap_gives_the_alerts_of_frequent_evaluation():
    session = factories.session()
    save_rules(course=session.course, rules=QUICK_RULES)
    student = factories.student_of(session.course)
    factories.attendance(session, student, left_at=later(60))
    for start in (0, 20_000):
        Reading.objects.bulk_create(
            Reading(
                session=session,
                student=student,
                seq=second,
                model="test",
                faces=1,
                expression="sad",
                captured_at=later(start + second),
                received_at=later(start + second),
                **shares("sad", 0.9),
            )
            for second in range(1, 60, 2)
        )
    Attendance.objects.update(camera="paused")
    for second in range(0, 20_200, 500):
        evaluate_alerts(session=session, now=later(second))
    end_session(session=session, now=later(40_000))
    session.refresh_from_db()
    fired = list(session.alerts.values_list("fired_at", "recovered_at"))
    replayed = replay_session(session=session, rules={"same": rules_for(session.course)}, now=later(50_000))["same"]
    assert len(fired) == 2
    assert fired == [(each.fired_at, each.recovered_at) for each in replayed]
