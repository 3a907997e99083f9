import pytest
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return factories.session()


@pytest.mark.parametrize("path", ["/", "/privacy/", "/sessions/{}/live/", "/api/sessions/{}/live/"])
def test_pages_of_signed_in_users_are_not_cached(client, session, path):
    client.force_login(session.course.teachers.get())
    response = client.get(path.format(session.pk))
    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")


def test_error_pages_of_signed_in_users_are_not_cached(client, session):
    client.force_login(factories.teacher())
    assert client.get(f"/sessions/{session.pk}/")["Cache-Control"] == "private, no-store"


def test_public_responses_may_be_cached(client, session):
    client.force_login(session.course.teachers.get())
    assert client.get("/jsi18n/en/")["Cache-Control"] == "public, max-age=3600"
    assert "Cache-Control" not in Client().get("/")
