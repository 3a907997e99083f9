from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import BigIntegerField, CharField, DateTimeField

from classroom.infra.compiled_sql import CompiledSelect, CompiledUpdate, Parameter
from classroom.models import Attendance
from config.services import PREPARE_THRESHOLD
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def attendances() -> list[Attendance]:
    session = factories.session()
    joined = (NOW, NOW + timedelta(minutes=1))
    return [factories.attendance(session, factories.student_of(session.course), joined_at=at) for at in joined]


@pytest.fixture(params=[False, True], ids=["not prepared", "prepared"], autouse=True)
def prepares(request, monkeypatch) -> bool:
    """DATABASE_PREPARED_STATEMENTS, which SQLite does not have."""
    if connection.vendor != "postgresql":
        return False
    monkeypatch.setattr(connection.connection, "prepare_threshold", PREPARE_THRESHOLD if request.param else None)
    return request.param


def prepared_statements() -> int:
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        return cursor.fetchone()[0]


def test_each_execution_of_a_select_has_values_of_its_own(attendances, django_assert_num_queries):
    since = Parameter("since", output_field=DateTimeField())
    later = Attendance.objects.filter(changed_at__gte=since).order_by("changed_at")
    select = CompiledSelect(later.values_list("pk", "changed_at", "left"))
    with django_assert_num_queries(2):
        assert select.rows(since=NOW) == [[each.pk, each.changed_at, False] for each in attendances]
        assert select.rows(since=NOW + timedelta(seconds=1)) == [[attendances[1].pk, NOW + timedelta(minutes=1), False]]


def test_query_is_prepared_once_where_statements_are(attendances, prepares):
    place = Parameter("attendance", output_field=BigIntegerField())
    select = CompiledSelect(Attendance.objects.filter(pk=place).values_list("pk"))
    before = prepared_statements()
    for attendance in attendances:
        assert select.rows(attendance=attendance.pk) == [[attendance.pk]]
    assert select.rows(attendance=2**40) == []
    assert prepared_statements() - before == int(prepares)


def test_each_execution_of_an_update_has_values_of_its_own(attendances):
    pk = Parameter("attendance", output_field=BigIntegerField())
    update = CompiledUpdate(Attendance.objects.filter(pk=pk), camera=Parameter("camera", output_field=CharField()))
    first, second = attendances
    assert [
        update.execute(attendance=first.pk, camera="paused"),
        update.execute(attendance=second.pk, camera="no_consent"),
        update.execute(attendance=0, camera="on"),
    ] == [1, 1, 0]
    assert set(Attendance.objects.values_list("pk", "camera")) == {(first.pk, "paused"), (second.pk, "no_consent")}
