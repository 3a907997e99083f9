import pytest
from django.utils import timezone

from tests import factories


@pytest.fixture(autouse=True)
def _quick_credits(settings):
    settings.SNAPSHOT_INTERVAL_MS = 50


@pytest.fixture
def session(db):
    return factories.session(started_at=timezone.now())


@pytest.fixture
def student(session):
    return factories.student_of(session.course, "Ada")


@pytest.fixture
def teacher(session):
    return session.course.teachers.get()
