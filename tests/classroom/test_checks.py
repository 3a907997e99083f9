import pytest
from django.core.checks import Warning
from django.db import connection

from classroom.checks import database_is_a_server, demo_accounts_are_gone, simulation_is_off
from classroom.domain.demo import ensure_demo
from tests import factories
from tests.outages import database_unavailable


def ids(messages: list[Warning]) -> list[str]:
    return [message.id for message in messages]


def test_simulation_is_reported_while_it_is_allowed(settings):
    settings.SIMULATION_ALLOWED = True
    assert ids(simulation_is_off(None)) == ["classroom.W001"]
    settings.SIMULATION_ALLOWED = False
    assert ids(simulation_is_off(None)) == []


def test_sqlite_is_reported():
    assert ids(database_is_a_server(None)) == (["classroom.W002"] if connection.vendor == "sqlite" else [])


@pytest.mark.django_db
def test_demo_accounts_are_reported_by_their_addresses():
    factories.user()
    assert demo_accounts_are_gone(None) == []
    users = ensure_demo(password="a demo password").users
    for user in users[1:4]:
        user.is_active = False
        user.save()
    users[4].set_unusable_password()
    users[4].save()
    hint = f"Delete them: {users[0].email}."
    assert demo_accounts_are_gone(None) == [Warning("The demo accounts can sign in.", hint=hint, id="classroom.W003")]


@pytest.mark.django_db
def test_demo_accounts_are_not_reported_while_the_database_is_unavailable():
    ensure_demo(password="a demo password")
    with database_unavailable():
        assert demo_accounts_are_gone(None) == []
