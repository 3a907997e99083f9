import pytest
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return factories.session()


@pytest.mark.parametrize("path", ["/", "/privacy/", "/sessions/{}/live/", "/api/sessions/{}/live/"])
def test_what_a_person_sees_is_kept_by_no_cache(client, session, path):
    client.force_login(session.course.teachers.get())
    response = client.get(path.format(session.pk))
    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")


def test_an_error_page_is_not_kept_either(client, session):
    client.force_login(factories.teacher())
    assert client.get(f"/sessions/{session.pk}/")["Cache-Control"] == "private, no-store"


def test_what_is_the_same_for_all_may_be_kept(client, session):
    client.force_login(session.course.teachers.get())
    assert client.get("/jsi18n/en/")["Cache-Control"] == "public, max-age=3600"
    assert "Cache-Control" not in Client().get("/")
