"""People for the tests about accounts: a signed-in browser, and a student about whom a class has every kind of data."""

from datetime import timedelta

from django.test import Client

from accounts.models import User
from classroom.models import ClassSession, RaisedHand, SelfReport
from tests import factories
from tests.factories import NOW, PASSWORD


def client_of(user: User, *, knows_password: bool = True, **options) -> Client:
    """A browser that has just signed in, or one whose user has not typed the password since."""
    client = Client(**options)
    client.force_login(user)
    if knows_password:
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def student_with_data(session: ClassSession) -> User:
    """A student about whom the class has every kind of data, and a classmate about whom it has the same."""
    ada, classmate = (factories.student_of(session.course, name) for name in ("Ada", "Ben Classmate"))
    for each in (ada, classmate):
        factories.attendance(session, each, left_at=NOW + timedelta(minutes=50))
        for second in (10, 20):
            factories.reading(session, each, after_s=second)
        SelfReport.objects.create(session=session, student=each, answer="lost", at=NOW)
        RaisedHand.objects.create(session=session, student=each, raised_at=NOW, lowered_at=NOW)
        session.alerts.create(kind="student_away", student=each, pending_at=NOW, fired_at=NOW, recovered_at=NOW)
    return ada
