"""The usual share of negative expressions, on the live page and in the report."""

from datetime import timedelta

import pytest

from classroom.domain.history.rollups import roll_up_unfinished
from classroom.domain.history.session_report import build_session_report
from classroom.domain.live.state import live_state
from classroom.domain.sessions import end_session
from classroom.measures import EXPRESSIONS
from classroom.models import ClassSession, PublishedMinute, Reading
from classroom.models.expressions import SHOWN_FIELDS
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
WINDOWS = 400


@pytest.fixture
def course():
    return factories.course()


def earlier_class(course, *, days_before, sad):
    """A class in which a student is sad in this many of WINDOWS windows and otherwise happy, rolled up at its end. The
    clock was set back during it, so that a sad reading is before its start."""
    session = factories.session(course, started_at=NOW - timedelta(days=days_before))
    student = factories.student_of(course)
    end = session.started_at + timedelta(seconds=10 * WINDOWS - 1)
    factories.attendance(session, student, joined_at=session.started_at, left_at=end)
    moments = [session.started_at + timedelta(seconds=10 * window + 1) for window in range(-1, WINDOWS)]
    Reading.objects.bulk_create(
        Reading(
            session=session,
            student=student,
            seq=seq,
            captured_at=at,
            received_at=at,
            model="test",
            faces=1,
            expression="sad" if seq <= sad else "happy",
            **factories.shares("sad" if seq <= sad else "happy"),
        )
        for seq, at in enumerate(moments)
    )
    end_session(session=session, now=end)
    session.refresh_from_db()
    return session


def on_both_pages(course):
    """Return what the live page says during a class of the course, and the report afterwards."""
    session = factories.session(course)
    live = live_state(session=session, now=NOW + timedelta(minutes=1))["mood"]["usual_negative"]
    end_session(session=session, now=NOW + timedelta(minutes=2))
    session.refresh_from_db()
    report = build_session_report(session=session, now=NOW + timedelta(minutes=2)).usual_negative
    return live, report


def test_live_page_and_report_pool_the_earlier_classes(course):
    earlier_class(course, days_before=1, sad=100)
    earlier_class(course, days_before=2, sad=300)
    assert on_both_pages(course) == (0.5, 0.5)


def test_earlier_class_with_too_little_is_no_baseline(course):
    session = earlier_class(course, days_before=1, sad=100)
    session.windows.filter(at__gte=session.started_at + timedelta(seconds=3590)).delete()
    assert on_both_pages(course) == (None, None)


def test_baseline_is_unknown_until_every_earlier_class_is_rolled_up(course):
    earlier_class(course, days_before=1, sad=100)
    earlier = earlier_class(course, days_before=2, sad=300)
    earlier.rolled_up_until = None
    earlier.save()
    assert on_both_pages(course) == (None, None)
    assert roll_up_unfinished(now=NOW) >= 1
    session = course.sessions.first()
    assert build_session_report(session=session, now=NOW + timedelta(minutes=2)).usual_negative == 0.5


def test_class_rolled_up_in_part_without_counts_is_left_out(course):
    earlier_class(course, days_before=1, sad=100)
    earlier = earlier_class(course, days_before=2, sad=300)
    earlier.windows.filter(at__lt=earlier.started_at + timedelta(minutes=5)).update(**dict.fromkeys(SHOWN_FIELDS))
    assert on_both_pages(course) == (0.25, 0.25)


def test_anonymous_class_counts_with_what_it_published_alone(course):
    earlier_class(course, days_before=1, sad=100)
    anonymous = earlier_class(course, days_before=2, sad=300)
    ClassSession.objects.filter(pk=anonymous.pk).update(is_anonymous=True)
    assert on_both_pages(course) == (0.25, 0.25)
    shown = {f"shown_{name}": 5 if name == "sad" else 0 for name in (*EXPRESSIONS, "uncertain")}
    for minute in range(10):
        at = anonymous.started_at + timedelta(minutes=minute)
        PublishedMinute.objects.create(session=anonymous, at=at, seen=5, **shown)
    # 100 of 400 windows, and five students in the six windows of ten minutes.
    assert on_both_pages(course) == (400 / 700, 400 / 700)
