import pytest
from django.test import RequestFactory

from accounts.sign_in.failures import failure_key, forget_failures, record_failure, seconds_to_wait
from tests import factories

pytestmark = pytest.mark.django_db


def request_from(address: str):
    return RequestFactory().post("/accounts/login/", REMOTE_ADDR=address)


@pytest.mark.usefixtures("wall_clock")
def test_wait_grows_with_each_failure_up_to_a_quarter_of_an_hour():
    waits = []
    for _ in range(13):
        record_failure("key")
        waits.append(seconds_to_wait("key"))
    assert waits == [0, 0, 0, 0, 10, 20, 40, 80, 160, 320, 640, 900, 900]


def test_wait_ends(wall_clock):
    for _ in range(5):
        record_failure("key")
    wall_clock.advance(9.5)
    assert seconds_to_wait("key") == 1
    wall_clock.advance(0.5)
    assert seconds_to_wait("key") == 0


def test_long_series_of_failures_keeps_the_longest_wait():
    for _ in range(2000):
        record_failure("key")
    assert seconds_to_wait("key") == 900


def test_series_that_ends_while_a_failure_is_counted_leaves_no_wait(monkeypatch):
    monkeypatch.setattr("accounts.sign_in.failures.FEW_REMEMBERED_S", 0)
    record_failure("key")
    assert seconds_to_wait("key") == 0


def test_forgotten_failures_leave_no_wait():
    for _ in range(6):
        record_failure("key")
    forget_failures("key")
    assert seconds_to_wait("key") == 0
    record_failure("key")
    assert seconds_to_wait("key") == 0


@pytest.mark.parametrize(
    ("address", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.250", True),
        ("203.0.113.7", "203.0.114.7", False),
        ("2001:db8:1:2::7", "2001:db8:1:ffff::9", True),
        ("2001:db8:1::7", "2001:db8:2::7", False),
        ("203.0.113.7", "::ffff:203.0.113.7", True),
        ("::ffff:203.0.113.7", "::ffff:203.0.114.7", False),
    ],
)
@pytest.mark.parametrize("has_account", [True, False])
def test_failures_count_by_network(address, other, same, has_account):
    email = factories.user().email if has_account else "nobody@example.org"
    keys = {failure_key(request_from(each), email) for each in (address, other)}
    assert (len(keys) == 1) == same


def test_failures_count_by_account_however_its_address_is_written():
    request, user = request_from("203.0.113.7"), factories.user()
    assert failure_key(request, user.email.upper()) == failure_key(request, user.email)
    assert failure_key(request, "NOBODY@example.org") == failure_key(request, "nobody@example.org")
    assert failure_key(request, factories.user().email) != failure_key(request, user.email)


@pytest.mark.usefixtures("wall_clock")
def test_password_that_is_asked_again_waits_too(client):
    user = factories.user()
    client.force_login(user)
    for _ in range(5):
        client.post("/accounts/reauthenticate/", {"password": "wrong"})
    refused = client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    assert refused.context["form"].errors == {"password": ["Too many failed attempts. Try again in 10 seconds."]}
