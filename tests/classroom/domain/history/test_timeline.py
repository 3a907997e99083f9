from datetime import timedelta

import pytest

from classroom.domain.history.timeline import LONGEST_GAP, class_timeline, student_timeline
from classroom.domain.sessions import end_session
from classroom.measures import SHOWN, WINDOW_S
from classroom.models.expressions import SHOWN_FIELDS
from tests import factories
from tests.factories import NOW, shares

pytestmark = pytest.mark.django_db
DAY_S = 86400
NOBODY = dict.fromkeys(SHOWN, 0)


@pytest.fixture
def session():
    return factories.session()


def later(seconds):
    return NOW + timedelta(seconds=seconds)


def attend(session, name, *, left_after_s=60):
    student = factories.student_of(session.course, name)
    factories.attendance(session, student, left_at=later(left_after_s))
    return student


def end(session, after_s):
    end_session(session=session, now=later(after_s))
    session.refresh_from_db()


def test_class_timeline_has_every_window_with_its_coverage(session):
    ada, ben = attend(session, "Ada"), attend(session, "Ben", left_after_s=15)
    factories.reading(session, ada, after_s=1, expression="happy")
    factories.reading(session, ben, after_s=2, expression="sad")
    factories.reading(session, ada, after_s=31, expression="neutral")
    end(session, 60)
    timeline = class_timeline(session=session, until=later(60))
    assert [window["at"] - NOW.timestamp() for window in timeline] == [0, 10, 20, 30, 40, 50, 60]
    assert [window["seen"] for window in timeline] == [2, 0, 0, 1, 0, 0, 0]
    assert [window["present"] for window in timeline] == [2, 2, 1, 1, 1, 1, 1]
    assert timeline[0]["counts"] == {**NOBODY, "happy": 1, "sad": 1}
    assert timeline[1]["counts"] == {**NOBODY, "unread": 2}
    assert timeline[3]["counts"] == {**NOBODY, "neutral": 1}


def test_student_timeline_contains_only_that_student(session):
    ada, ben = attend(session, "Ada", left_after_s=15), attend(session, "Ben")
    factories.reading(session, ada, after_s=1, expression="happy")
    factories.reading(session, ben, after_s=1, expression="sad")
    end(session, 60)
    windows = student_timeline(session=session, student=ada, until=later(60))
    assert windows[0]["probabilities"] == pytest.approx(shares("happy"))
    assert [window["present"] for window in windows] == [1, 1, 0, 0, 0, 0, 0]


def test_class_timeline_is_empty_windows_when_nobody_joined(session):
    end(session, 30)
    timeline = class_timeline(session=session, until=later(3600))
    assert [(window["seen"], window["present"], window["counts"]) for window in timeline] == [(0, 0, NOBODY)] * 4
    assert not session.windows.exists()


@pytest.mark.any_database
def test_class_timeline_is_short_when_a_session_was_left_open_for_twenty_days(session):
    ada = attend(session, "Ada", left_after_s=95)
    factories.attendance(session, ada, joined_at=later(DAY_S * 10), left_at=later(DAY_S * 10 + 15))
    for second in (3, 33, DAY_S * 10 + 4):
        factories.reading(session, ada, after_s=second)
    end(session, DAY_S * 20)
    timeline = class_timeline(session=session, until=later(DAY_S * 21))
    starts = [each["at"] - NOW.timestamp() for each in timeline]
    occupied = [each["at"] - NOW.timestamp() for each in timeline if each["present"]]
    assert occupied == [*range(0, 100, 10), 864000, 864010]
    assert starts == [*range(0, 110, 10), 863990, 864000, 864010, 864020, DAY_S * 20]
    assert session.windows.count() == len(occupied)


def test_class_timeline_has_all_windows_of_a_gap_of_one_hour(session):
    end(session, LONGEST_GAP * WINDOW_S - 1)
    assert len(class_timeline(session=session, until=later(9000))) == LONGEST_GAP


def test_student_is_present_in_windows_with_readings_after_a_lost_connection(session):
    ada = attend(session, "Ada", left_after_s=8)
    factories.reading(session, ada, after_s=12, expression="happy")
    end(session, 25)
    timeline = class_timeline(session=session, until=later(60))
    assert [(each["seen"], each["present"]) for each in timeline] == [(0, 1), (1, 1), (0, 0)]


def test_window_from_before_students_were_counted_keeps_its_mean(session):
    factories.reading(session, attend(session, "Ada"), after_s=1, expression="happy")
    end(session, 9)
    session.windows.update(**dict.fromkeys(SHOWN_FIELDS), **shares("happy"))
    [window] = class_timeline(session=session, until=later(60))
    assert (window["counts"], window["seen"]) == (None, 1)
    assert window["probabilities"] == pytest.approx(shares("happy"))
