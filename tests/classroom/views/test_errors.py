import pytest
from django.db import connection
from django.test import Client

from tests import factories
from tests.outages import database_refuses_writes, database_unavailable

SENTENCE = "The database is unavailable"


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.mark.django_db
def test_page_says_that_the_database_is_unavailable(visitor):
    visitor.force_login(factories.teacher())
    with database_unavailable():
        response = visitor.get("/")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert f"<h1>{SENTENCE}</h1>" in response.content.decode()


@pytest.mark.django_db
def test_page_says_so_in_the_visitor_s_language(visitor):
    visitor.force_login(factories.teacher())
    with database_unavailable():
        response = visitor.get("/", headers={"Accept-Language": "hi"})
    assert "<h1>डेटाबेस उपलब्ध नहीं है</h1>" in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_page_says_so_when_its_change_cannot_be_saved(visitor):
    course = factories.course()
    visitor.force_login(course.teachers.get())
    with database_refuses_writes():
        response = visitor.post(f"/courses/{course.pk}/sessions/start/", {"topic": "Sampling"})
    assert response.status_code == 503
    assert SENTENCE in response.content.decode()
    connection.close()  # it was cut off
    assert not course.sessions.exists()


@pytest.mark.django_db
def test_other_errors_keep_their_page(visitor, monkeypatch):
    def fail(*_, **__):
        raise ValueError("a fault of the product")

    monkeypatch.setattr("classroom.views.home.courses_staffed", fail)
    visitor.force_login(factories.teacher())
    response = visitor.get("/")
    assert response.status_code == 500
    assert "Something went wrong" in response.content.decode()
