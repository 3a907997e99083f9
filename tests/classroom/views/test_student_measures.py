"""The summary in a student's report, which the student and their teacher see."""

import re
from datetime import timedelta

import pytest

from classroom.domain.sessions import end_session
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def course():
    return factories.course()


@pytest.fixture
def ada(course):
    return factories.student_of(course, "Ada")


def held(course, student, *expressions):
    """Create an ended session with a reading of the student every two seconds; "" is a snapshot without a face."""
    session = factories.session(course)
    factories.attendance(session, student, left_at=NOW + timedelta(minutes=8))
    for number, expression in enumerate(expressions):
        factories.reading(session, student, after_s=1 + 2 * number, expression=expression)
    end_session(session=session, now=NOW + timedelta(minutes=10))
    return session


def body(client, user, path):
    client.force_login(user)
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def shown_measures(html):
    rows = re.findall(
        r'data-measure="(\w+)".*?measure__band">\s*(.*?)\s*</p>.*?measure__basis">\s*(.*?)\s*</p>', html, re.DOTALL
    )
    return {name: (band, basis) for name, band, basis in rows}


def test_student_and_teacher_see_the_same_bands(client, course, ada):
    session = held(course, ada, "happy", "happy", "sad", "")
    own = shown_measures(body(client, ada, f"/sessions/{session.pk}/mine/"))
    assert own == {
        "arousal": ("Medium", "from 3 of 4 snapshots"),
        "volatility": ("High", "from 3 of 4 snapshots"),
        "calm_presence": ("Partly", "from 4 of 4 snapshots"),
    }
    assert shown_measures(body(client, course.teachers.get(), f"/sessions/{session.pk}/students/{ada.pk}/")) == own


def test_one_snapshot_is_too_few_for_a_band(client, course, ada):
    session = held(course, ada, "happy")
    bands = {band for band, _ in shown_measures(body(client, ada, f"/sessions/{session.pk}/mine/")).values()}
    assert bands == {"Too few readings"}


def test_summary_is_hidden_without_readable_snapshots(client, course, ada):
    session = held(course, ada, "", "")
    assert "data-measure" not in body(client, ada, f"/sessions/{session.pk}/mine/")
