from datetime import timedelta

import pytest

from classroom.domain.markers import add_marker, markers_for, remove_marker, rename_marker
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
T0 = NOW.timestamp()


@pytest.fixture
def session():
    return factories.session(factories.course(factories.teacher("Marta")), ended_at=NOW + timedelta(minutes=30))


@pytest.fixture
def teacher(session):
    return session.course.teachers.get()


def add(session, teacher, text: str, after_s: float):
    return add_marker(session=session, author=teacher, text=text, at=NOW + timedelta(seconds=after_s))


def test_markers_are_listed_in_order_of_time(session, teacher, django_assert_num_queries):
    second, first = add(session, teacher, "Exercise", 600), add(session, teacher, "Means", 60)
    with django_assert_num_queries(1):
        found = markers_for(session=session)
    assert found == [
        {"id": first.pk, "at": T0 + 60, "text": "Means", "author": "Marta"},
        {"id": second.pk, "at": T0 + 600, "text": "Exercise", "author": "Marta"},
    ]


def test_marker_outlives_its_author(session, teacher):
    add(session, teacher, "Means", 60)
    teacher.delete()
    assert [marker["author"] for marker in markers_for(session=session)] == [None]


@pytest.mark.parametrize(("after_s", "marked_s"), [(-60, 0), (3600, 1800)])
def test_marker_lies_within_its_session(session, teacher, after_s, marked_s):
    add(session, teacher, "Means", after_s)
    assert markers_for(session=session)[0]["at"] == T0 + marked_s


def test_renamed_marker_keeps_its_time(session, teacher):
    rename_marker(marker=add(session, teacher, "Means", 60), text="Medians")
    assert [(marker["text"], marker["at"]) for marker in markers_for(session=session)] == [("Medians", T0 + 60)]


def test_removed_marker_is_gone(session, teacher):
    remove_marker(marker=add(session, teacher, "Means", 60))
    assert markers_for(session=session) == []
