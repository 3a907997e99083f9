"""Fixtures of the simulated learning platform."""

import itertools

import pytest
from jwcrypto.jwk import JWK

from tests.lti_platform import LtiPlatform
from tests.lti_visits import register
from tests.signing_keys import rsa_key


@pytest.fixture(scope="module")
def running_platform():
    platform = LtiPlatform()
    yield platform
    platform.stop()


@pytest.fixture
def platform(running_platform, settings, monkeypatch):
    """The registered platform, which behaves well at the start of each test."""
    numbers = itertools.count()
    # The site's own keys, different ones within a test.
    monkeypatch.setattr(JWK, "generate", lambda **_: JWK.from_pyca(rsa_key(f"site {next(numbers)}")))
    settings.PRIVATE_TARGETS_ALLOWED = True
    running_platform.begin()
    register(running_platform)
    return running_platform
