from datetime import datetime

import pytest
from django.utils import timezone


@pytest.fixture
def clock_stands(monkeypatch) -> datetime:
    """The first use of a token in an hour is recorded, so no hour may end during the test."""
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    return now
