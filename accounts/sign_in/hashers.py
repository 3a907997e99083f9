"""The cost of passwords: that of one hash, and how many a process computes at once."""

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, TimeoutError
from typing import TypeVar

from django.conf import settings
from django.contrib.auth import hashers

# A hash takes some 30 ms, so a whole school that signs in at the same moment gets through in this time.
WAIT_S = 5.0

Result = TypeVar("Result")


def _lower_priority() -> None:
    """A class in progress needs the processor more than a sign-in does. On Linux, each thread has its own priority."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, max(10, os.getpriority(os.PRIO_PROCESS, thread)))


# Separate threads: the C library keeps the memory of a hash for the thread that computed it. A semaphore around the
# request threads left 230 MB behind after 40 sign-ins at once; this leaves 58.
_threads = ThreadPoolExecutor(settings.PASSWORD_HASHES_AT_ONCE, "password-hash", _lower_priority)


class HashingBusy(Exception):
    """The process is computing as many password hashes as it may, and this one's turn did not come in time."""


def _in_turn(compute: Callable[..., Result], *arguments: object) -> Result:
    future = _threads.submit(compute, *arguments)
    try:
        return future.result(timeout=WAIT_S)
    except TimeoutError:
        if future.cancel():
            raise HashingBusy from None
        return future.result()


class BoundedArgon2PasswordHasher(hashers.Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes and one lane, as OWASP recommends.

    Django's own parameters take 100 MiB. Hashes made with them stay valid and are replaced at the next sign-in.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        return _in_turn(super().encode, password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        return _in_turn(super().verify, password, encoded)


class BoundedPBKDF2PasswordHasher(hashers.PBKDF2PasswordHasher):
    """For imported accounts. Verifying encodes, so this bounds both."""

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        return _in_turn(super().encode, password, salt, iterations)
