import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait

import argon2
import pytest
from django.conf import settings as project_settings
from django.contrib.auth import hashers as django_hashers
from django.contrib.auth.hashers import check_password, make_password

from accounts.models import User
from accounts.sign_in import hashers
from tests import factories
from tests.factories import PASSWORD

REAL_HASHERS = list(project_settings.PASSWORD_HASHERS)
AT_ONCE = project_settings.PASSWORD_HASHES_AT_ONCE


@pytest.fixture(autouse=True)
def _real_hashers(settings, _fresh_state):
    settings.PASSWORD_HASHERS = REAL_HASHERS


@pytest.fixture
def somebody(db):
    return User.objects.create_user("somebody@example.org", None, name="Somebody")


@pytest.fixture
def other_hashes(monkeypatch):
    """Other people's hashes occupy the process until the event is set."""
    monkeypatch.setattr(hashers, "WAIT_S", 0.05)
    done = threading.Event()
    running = [hashers._threads.submit(done.wait, 60) for _ in range(AT_ONCE)]
    yield done
    done.set()
    wait(running)


@pytest.fixture
def most_at_once(monkeypatch):
    """The largest number of hash computations of the library that have run at the same time."""
    running, most, lock = 0, [0], threading.Lock()

    def counted(compute):
        def wrapper(*arguments, **options):
            nonlocal running
            with lock:
                running += 1
                most[0] = max(most[0], running)
            time.sleep(0.02)
            try:
                return compute(*arguments, **options)
            finally:
                with lock:
                    running -= 1

        return wrapper

    monkeypatch.setattr(argon2.low_level, "hash_secret", counted(argon2.low_level.hash_secret))
    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted(argon2.PasswordHasher.verify))
    monkeypatch.setattr(django_hashers, "pbkdf2", counted(django_hashers.pbkdf2))
    return most


def test_new_hash_takes_19_mebibytes_two_passes_and_one_lane():
    assert make_password("a password").startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("algorithm", ["argon2", "pbkdf2_sha256"])
def test_twelve_threads_compute_no_more_hashes_at_once_than_the_setting(most_at_once, algorithm, monkeypatch):
    monkeypatch.setattr(hashers.BoundedPBKDF2PasswordHasher, "iterations", 1000)
    monkeypatch.setattr(hashers, "WAIT_S", 60)
    encoded = make_password("a password", hasher=algorithm)

    def make_and_check(_: int) -> bool:
        make_password("another", hasher=algorithm)
        return check_password("a password", encoded)

    with ThreadPoolExecutor(12) as threads:
        assert list(threads.map(make_and_check, range(12))) == [True] * 12
    assert most_at_once == [AT_ONCE]


@pytest.mark.usefixtures("other_hashes")
def test_hashing_beyond_the_bound_is_refused_after_a_short_wait():
    with pytest.raises(hashers.HashingBusy):
        make_password("a password")


@pytest.mark.django_db
def test_sign_in_replaces_a_hash_with_django_s_own_parameters(client, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    user = factories.user()
    assert "m=102400,t=2,p=8" in user.password
    settings.PASSWORD_HASHERS = REAL_HASHERS
    response = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    user.refresh_from_db()
    assert response.status_code == 302
    assert "m=19456,t=2,p=1" in user.password
    assert check_password(PASSWORD, user.password)


@pytest.mark.usefixtures("somebody", "other_hashes")
@pytest.mark.parametrize(
    ("page", "form"),
    [
        ("/accounts/login/", {"login": "nobody@example.org", "password": "x"}),
        ("/accounts/login/", {"login": "somebody@example.org", "password": "x"}),
    ],
    ids=["no account", "an account"],
)
def test_sign_in_beyond_the_bound_answers_503_with_retry_after(client, page, form):
    response = client.post(page, form)
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "Too many people are signing in" in response.text
    assert "Try again in 5 seconds." in response.text


@pytest.mark.django_db
def test_sign_in_that_was_not_checked_does_not_count_as_a_failed_attempt(client, other_hashes, monkeypatch, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    user = factories.user()
    settings.PASSWORD_HASHERS = REAL_HASHERS
    form = {"login": user.email, "password": PASSWORD}
    assert [client.post("/accounts/login/", form).status_code for _ in range(6)] == [503] * 6
    other_hashes.set()
    monkeypatch.setattr(hashers, "WAIT_S", 30)
    assert client.post("/accounts/login/", form).status_code == 302


@pytest.mark.skipif(sys.platform != "linux", reason="NO PRIORITY OF A THREAD: only Linux has it")
def test_hashes_let_a_class_in_progress_go_first():
    own = os.getpriority(os.PRIO_PROCESS, 0)
    of_hashes = hashers._threads.submit(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id())).result()
    assert of_hashes == max(own, 10)
