"""An ended class with readings, answers, a marker and alerts, and the page that a user gets."""

from datetime import timedelta

from classroom.domain.history.rollups import roll_up
from classroom.domain.sessions import end_session
from classroom.models import Alert, Marker, SelfReport
from tests import factories
from tests.factories import NOW


def held(course, *students, day=0, expression="happy"):
    """Create a ten-minute session on the given day, ended and rolled up."""
    session = factories.session(course, started_at=NOW + timedelta(days=day))
    for student in students:
        factories.attendance(
            session, student, joined_at=session.started_at, left_at=session.started_at + timedelta(minutes=8)
        )
        factories.reading(session, student, after_s=5, expression=expression)
        SelfReport.objects.create(session=session, student=student, answer="lost", at=session.started_at)
        alert_about(session, student)
    Marker.objects.create(session=session, at=session.started_at, text="Exercise")
    end_session(session=session, now=session.started_at + timedelta(minutes=10))
    session.refresh_from_db()
    roll_up(session=session, now=session.ended_at + timedelta(hours=1))
    return session


def alert_about(session, student):
    figures = {"seconds": 60, "matching": 30, "snapshots": 38}
    times = {"pending_at": session.started_at, "fired_at": session.started_at, "recovered_at": session.started_at}
    return Alert.objects.create(session=session, student=student, kind="student_away", figures=figures, **times)


def body(client, user, path):
    client.force_login(user)
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()
