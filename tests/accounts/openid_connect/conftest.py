import pytest

from tests.accounts.openid_connect.visits import ADDRESS, configure
from tests.openid_provider import OpenIdProvider


@pytest.fixture(scope="module")
def running_provider():
    provider = OpenIdProvider()
    yield provider
    provider.stop()


@pytest.fixture
def provider(running_provider, monkeypatch, settings):
    """The provider, configured as if by environment variables. It behaves well at the start of each test."""
    running_provider.signing_key = running_provider.key
    running_provider.claims = {"sub": "person-1", "email": ADDRESS, "email_verified": True, "name": "Zoë"}
    for name in ("changed_claims", "configuration", "userinfo", "answers", "silent_paths"):
        getattr(running_provider, name).clear()
    configure(settings, monkeypatch, running_provider)
    return running_provider
