import pytest
from django.core.exceptions import ValidationError

from accounts.consent import consent_in_force
from accounts.models import ConsentText
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def student(client):
    student = factories.user()
    client.force_login(student)
    return student


def test_the_page_asks_for_sign_in(client):
    assert client.get("/consent/").url == "/accounts/login/?next=/consent/"


def test_the_page_shows_the_text_and_its_version(client, student):
    page = client.get("/consent/").content.decode()
    assert "It is never a grade" in page
    assert 'name="version" value="1"' in page


def test_agreeing_gives_consent_and_goes_on(client, student):
    response = client.post("/consent/grant/", {"agree": "on", "version": "1", "next": "/privacy/"})
    assert response.url == "/privacy/"
    assert consent_in_force(student)


def test_without_the_tick_there_is_no_consent(client, student):
    client.post("/consent/grant/", {"version": "1"})
    assert consent_in_force(student) is None


@pytest.mark.parametrize("version", ["", "0", "x", "99"])
def test_a_version_that_is_not_asked_for_is_no_consent(client, student, version):
    response = client.post("/consent/grant/", {"agree": "on", "version": version}, follow=True)
    assert "Please read it again" in response.content.decode()
    assert consent_in_force(student) is None


def test_a_text_changed_meanwhile_is_not_agreed_to(client, student):
    ConsentText.objects.create(version=2, body="New words.")
    client.post("/consent/grant/", {"agree": "on", "version": "1"})
    assert consent_in_force(student) is None


CHANGED = "The text has changed since you agreed"


def test_a_student_whose_text_has_changed_is_told_so(client, student):
    factories.consent(student)
    assert CHANGED not in client.get("/consent/").content.decode()
    ConsentText.objects.create(version=2, body="New words.")
    assert CHANGED in client.get("/consent/").content.decode()


def test_a_student_who_has_withdrawn_is_not_told_of_a_new_text(client, student):
    factories.consent(student)
    client.post("/consent/withdraw/")
    assert CHANGED not in client.get("/consent/").content.decode()


def test_withdrawing_takes_one_click(client, student):
    factories.consent(student)
    client.post("/consent/withdraw/")
    assert consent_in_force(student) is None


def test_going_on_to_another_site_is_refused(client, student):
    response = client.post("/consent/grant/", {"agree": "on", "version": "1", "next": "https://evil.example/"})
    assert response.url == "/"


def test_withdrawing_keeps_the_way_back_to_class(client, student):
    factories.consent(student)
    response = client.post("/consent/withdraw/", {"next": "/sessions/3/attend/"})
    assert response.url == "/consent/?next=%2Fsessions%2F3%2Fattend%2F"


def test_forgetting_the_tick_keeps_the_way_back_to_class(client, student):
    response = client.post("/consent/grant/", {"version": "1", "next": "/sessions/3/attend/"})
    assert response.url == "/consent/?next=%2Fsessions%2F3%2Fattend%2F"


@pytest.mark.parametrize("path", ["/consent/grant/", "/consent/withdraw/"])
def test_one_who_has_signed_out_meanwhile_comes_back_to_the_text(client, path):
    assert client.post(path, {"agree": "on", "version": "1"}).url == "/accounts/login/?next=/consent/"


@pytest.mark.parametrize(("version", "errors"), [(1, True), (2, False)])
def test_a_new_text_must_be_the_newest(db, version, errors):
    text = ConsentText(version=version, body="New words.")
    if errors:
        with pytest.raises(ValidationError):
            text.full_clean()
    else:
        text.full_clean()


@pytest.mark.parametrize("path", ["/consent/grant/", "/consent/withdraw/"])
def test_a_link_cannot_change_consent(client, student, path):
    assert client.get(path).status_code == 405
