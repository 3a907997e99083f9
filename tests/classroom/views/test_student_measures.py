"""What a session of one student comes to in words, on the page that she and her teacher see."""

import re
from datetime import timedelta

import pytest

from classroom.domain.sessions import end_session
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return factories.course()


@pytest.fixture
def ada(course):
    return factories.student_of(course, "Ada")


def held(course, student, *expressions):
    """An ended session with these read from the student, one every two seconds; "" is a snapshot without a face."""
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
        r'data-measure="(\w+)".*?measure__band">\s*(.*?)\s*</p>.*?behind">\s*(.*?)\s*</p>', html, re.DOTALL
    )
    return {name: (band, behind) for name, band, behind in rows}


def test_both_see_what_the_session_comes_to_in_words(client, course, ada):
    session = held(course, ada, "happy", "happy", "sad", "")
    hers = shown_measures(body(client, ada, f"/sessions/{session.pk}/mine/"))
    assert hers == {
        "arousal": ("Medium", "from 3 of 4 snapshots"),
        "volatility": ("High", "from 3 of 4 snapshots"),
        "calm_presence": ("Partly", "from 4 of 4 snapshots"),
    }
    assert shown_measures(body(client, course.teachers.get(), f"/sessions/{session.pk}/students/{ada.pk}/")) == hers


def test_of_one_snapshot_no_band_is_shown(client, course, ada):
    session = held(course, ada, "happy")
    bands = {band for band, _ in shown_measures(body(client, ada, f"/sessions/{session.pk}/mine/")).values()}
    assert bands == {"Too few readings"}


def test_without_an_expression_read_nothing_is_said_in_words(client, course, ada):
    session = held(course, ada, "", "")
    assert "data-measure" not in body(client, ada, f"/sessions/{session.pk}/mine/")
