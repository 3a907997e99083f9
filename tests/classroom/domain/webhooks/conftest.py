import pytest

from tests.classroom.domain.webhooks.receiving import made
from tests.classroom.webhook_target import listening


@pytest.fixture(autouse=True)
def _targets_may_be_local(settings):
    settings.PRIVATE_TARGETS_ALLOWED = True


@pytest.fixture
def target():
    with listening() as found:
        yield found


@pytest.fixture
def webhook(target):
    return made(target)
