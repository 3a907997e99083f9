from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from classroom.domain.anonymity.publishing import (
    current_minute,
    publish_minutes,
    published_counts,
    published_totals,
    start_publishing,
)
from classroom.domain.people.deletion import delete_account
from classroom.domain.readings.record import erase_readings
from classroom.domain.sessions import end_session
from classroom.models import PublicationProgress, PublishedMinute
from tests import factories
from tests.classroom.domain.anonymity.anonymous_classes import all_show, anonymous_session, join, publish, read_minute
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def minutes_shown(session) -> dict[int, tuple[int, int]]:
    """By minute of the session: how many students were counted, and how many of them were sad."""
    started = session.started_at.timestamp()
    found = published_counts(session=session).items()
    return {int(at - started) // 60: (sum(counts.values()), counts["sad"]) for at, counts in found}


def test_minute_is_published_once_it_is_final():
    session = anonymous_session()
    students = join(session, 6)
    read_minute(session, 0, all_show(students, "happy") | {students[2]: "sad"})
    assert publish(session, minutes=1) == 0  # readings may still be on their way
    assert publish(session, minutes=1.1) == 1
    assert publish(session, minutes=1.5) == 0
    assert minutes_shown(session) == {0: (5, 1)}


def test_four_students_are_never_counted():
    session = anonymous_session()
    students = join(session, 4)
    for minute in range(3):
        read_minute(session, minute, all_show(students, "sad"))
    assert (publish(session, minutes=5), minutes_shown(session)) == (0, {})


def test_group_pauses_while_a_member_is_missing_and_newcomers_wait_until_they_are_five():
    session = anonymous_session()
    students = join(session, 10)
    first, later = students[:5], students[5:]
    read_minute(session, 0, all_show(first, "happy"))
    read_minute(session, 1, all_show([*first[:4], *later[:4]], "happy"))  # one has left, four have come
    read_minute(session, 2, all_show([*first[:4], *later], "happy"))
    read_minute(session, 3, all_show(students, "happy"))
    publish(session, minutes=5)
    assert minutes_shown(session) == {0: (5, 0), 2: (5, 0), 3: (10, 0)}


def test_readings_of_a_minute_that_is_published_change_nothing_later():
    session = anonymous_session()
    students = join(session, 5)
    read_minute(session, 0, all_show(students[:4], "happy"))
    publish(session, minutes=2)
    read_minute(session, 0, all_show(students[4:], "sad"))  # buffered while the database was unavailable
    publish(session, minutes=3)
    assert minutes_shown(session) == {}


@pytest.mark.parametrize(
    "go", [lambda user: erase_readings(student=user, now=NOW), lambda user: delete_account(user, now=NOW)]
)
def test_student_who_erases_everything_leaves_no_difference(go):
    session = anonymous_session()
    students = join(session, 6)
    read_minute(session, 0, all_show(students[1:], "happy") | {students[0]: "sad"})
    publish(session, minutes=1.5)
    go(students[0])
    read_minute(session, 1, all_show(students[1:], "happy"))
    publish(session, minutes=2.5)
    assert minutes_shown(session) == {0: (5, 1)}


def test_groups_are_forgotten_with_the_end_of_the_class():
    session = anonymous_session()
    students = join(session, 5)
    read_minute(session, 0, all_show(students, "happy"))
    read_minute(session, 1, all_show(students, "sad"))
    publish(session, minutes=1.5)
    assert PublicationProgress.objects.get().groups == [[student.pk for student in students]]
    end_session(session=session, now=NOW + timedelta(minutes=2, seconds=1))
    assert PublicationProgress.objects.get().groups == []
    assert minutes_shown(session) == {0: (5, 0), 1: (5, 5)}


def test_minutes_of_an_hour_without_a_worker_are_made_up_for():
    session = anonymous_session()
    students = join(session, 5)
    for minute in (0, 31, 59):
        read_minute(session, minute, all_show(students, "happy"))
    assert publish(session, minutes=61) == 3
    assert [*minutes_shown(session)] == [0, 31, 59]


def test_class_that_becomes_anonymous_is_published_from_the_next_minute_on():
    session = anonymous_session()
    students = join(session, 5)
    start_publishing(session=session, now=NOW + timedelta(seconds=30))
    for minute in range(2):
        read_minute(session, minute, all_show(students, "happy"))
    publish(session, minutes=3)
    assert minutes_shown(session) == {1: (5, 0)}


def test_class_by_name_publishes_nothing():
    session = factories.session()
    read_minute(session, 0, all_show(join(session, 5), "happy"))
    assert publish_minutes(session=session, now=NOW + timedelta(minutes=2)) == 0
    assert not PublicationProgress.objects.exists()


def test_old_minute_is_no_longer_about_the_class_now():
    session = anonymous_session()
    read_minute(session, 0, all_show(join(session, 5), "happy"))
    publish(session, minutes=2)
    assert current_minute(session=session, now=NOW + timedelta(seconds=179)).seen == 5
    assert current_minute(session=session, now=NOW + timedelta(seconds=180)) is None


def test_totals_add_up_the_minutes_of_anonymous_classes_alone():
    session, by_name = anonymous_session(), factories.session()
    students = join(session, 5)
    for minute, expression in enumerate(("happy", "sad")):
        read_minute(session, minute, all_show(students, expression))
    publish(session, minutes=3)
    [(pk, (minutes, counts))] = published_totals(sessions=[session, by_name]).items()
    assert (pk, minutes, counts["happy"], counts["sad"], sum(counts.values())) == (session.pk, 2, 5, 5, 10)


def test_database_refuses_a_number_of_four():
    session = anonymous_session()
    with pytest.raises(IntegrityError), transaction.atomic():
        PublishedMinute.objects.create(session=session, at=NOW, seen=4)
