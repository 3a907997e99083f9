"""Fixtures of the simulated learning platform."""

import pytest

from tests.lti_platform import LtiPlatform
from tests.lti_visits import register


@pytest.fixture(scope="module")
def running_platform():
    platform = LtiPlatform()
    yield platform
    platform.stop()


@pytest.fixture
def platform(running_platform, settings):
    """The registered platform, which behaves well at the start of each test."""
    settings.PRIVATE_TARGETS_ALLOWED = True
    running_platform.begin()
    register(running_platform)
    return running_platform
