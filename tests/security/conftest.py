import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound


def _missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponseNotFound()


@pytest.fixture
def plain_404(monkeypatch):
    """Does not render the page "not found", which is the same for every URL and has its own tests."""
    monkeypatch.setattr("config.urls.handler404", _missing, raising=False)
