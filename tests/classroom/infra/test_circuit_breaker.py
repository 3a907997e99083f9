import pytest
from django.db import OperationalError, connection

from classroom.infra import circuit_breaker
from tests.outages import database_unavailable


def failing(calls: list, times: int):
    def call():
        calls.append(1)
        if len(calls) <= times:
            raise OperationalError("gone")
        return "answer"

    return call


@pytest.mark.django_db
def test_call_returns_the_answer():
    assert circuit_breaker.call(lambda a, b: a + b, 1, b=2) == 3


@pytest.mark.django_db
def test_open_circuit_does_not_try_the_database():
    calls = []
    with pytest.raises(OperationalError):
        circuit_breaker.call(failing(calls, times=9))
    with pytest.raises(OperationalError, match="a moment ago"):
        circuit_breaker.call(failing(calls, times=9))
    assert len(calls) == 1


@pytest.mark.django_db(transaction=True)
def test_connection_cut_by_a_restart_is_replaced():
    connection.ensure_connection()
    cut = connection.connection
    assert circuit_breaker.call(failing([], times=1)) == "answer"
    assert connection.connection is not cut


@pytest.mark.django_db
def test_other_errors_leave_the_circuit_closed():
    with pytest.raises(ValueError, match="x"):
        circuit_breaker.call(int, "x")
    assert circuit_breaker.call(lambda: "answer") == "answer"


@pytest.mark.django_db
def test_every_query_fails_while_the_database_is_unavailable():
    with database_unavailable(), pytest.raises(OperationalError):
        circuit_breaker.call(connection.cursor().execute, "SELECT 1")
