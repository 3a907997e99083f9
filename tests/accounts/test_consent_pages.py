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


def test_consent_page_requires_sign_in(client):
    assert client.get("/consent/").url == "/accounts/login/?next=/consent/"


def test_consent_page_shows_text_and_version(client, student):
    page = client.get("/consent/").content.decode()
    assert "It is never a grade" in page
    assert 'name="version" value="1"' in page


def test_agreeing_grants_consent_and_redirects_to_next(client, student):
    response = client.post("/consent/grant/", {"agree": "on", "version": "1", "next": "/privacy/"})
    assert response.url == "/privacy/"
    assert consent_in_force(student)


def test_unticked_box_grants_no_consent(client, student):
    client.post("/consent/grant/", {"version": "1"})
    assert consent_in_force(student) is None


@pytest.mark.parametrize("version", ["", "0", "x", "99"])
def test_wrong_version_grants_no_consent(client, student, version):
    response = client.post("/consent/grant/", {"agree": "on", "version": version}, follow=True)
    assert "Please read it again" in response.content.decode()
    assert consent_in_force(student) is None


def test_text_changed_since_page_load_grants_no_consent(client, student):
    ConsentText.objects.create(version=2, body="New words.")
    client.post("/consent/grant/", {"agree": "on", "version": "1"})
    assert consent_in_force(student) is None


CHANGED = "The text has changed since you agreed"


def test_notice_appears_when_text_has_changed_since_consent(client, student):
    factories.consent(student)
    assert CHANGED not in client.get("/consent/").content.decode()
    ConsentText.objects.create(version=2, body="New words.")
    assert CHANGED in client.get("/consent/").content.decode()


def test_no_notice_about_new_text_after_withdrawal(client, student):
    factories.consent(student)
    client.post("/consent/withdraw/")
    assert CHANGED not in client.get("/consent/").content.decode()


def test_one_post_withdraws_consent(client, student):
    factories.consent(student)
    client.post("/consent/withdraw/")
    assert consent_in_force(student) is None


def test_next_url_of_another_site_is_ignored(client, student):
    response = client.post("/consent/grant/", {"agree": "on", "version": "1", "next": "https://evil.example/"})
    assert response.url == "/"


def test_withdrawing_keeps_the_next_url(client, student):
    factories.consent(student)
    response = client.post("/consent/withdraw/", {"next": "/sessions/3/attend/"})
    assert response.url == "/consent/?next=%2Fsessions%2F3%2Fattend%2F"


def test_unticked_box_keeps_the_next_url(client, student):
    response = client.post("/consent/grant/", {"version": "1", "next": "/sessions/3/attend/"})
    assert response.url == "/consent/?next=%2Fsessions%2F3%2Fattend%2F"


@pytest.mark.parametrize("path", ["/consent/grant/", "/consent/withdraw/"])
def test_signed_out_user_returns_to_consent_page(client, path):
    assert client.post(path, {"agree": "on", "version": "1"}).url == "/accounts/login/?next=/consent/"


@pytest.mark.parametrize(("version", "errors"), [(1, True), (2, False)])
def test_new_text_needs_the_highest_version(db, version, errors):
    text = ConsentText(version=version, body="New words.")
    if errors:
        with pytest.raises(ValidationError):
            text.full_clean()
    else:
        text.full_clean()


@pytest.mark.parametrize("path", ["/consent/grant/", "/consent/withdraw/"])
def test_get_request_cannot_change_consent(client, student, path):
    assert client.get(path).status_code == 405
