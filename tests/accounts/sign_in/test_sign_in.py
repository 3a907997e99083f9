import re

import pytest
from django.core import mail

from accounts.models import User
from tests import factories

pytestmark = pytest.mark.django_db


def sign_up(client, **changes):
    fields = {
        "name": "Zoë Ångström",
        "email": "zoe@example.org",
        "password1": "quiet-river-41",
        "password2": "quiet-river-41",
    }
    return client.post("/accounts/signup/", fields | changes)


def test_signing_up_creates_a_signed_in_student(client):
    assert sign_up(client).status_code == 302
    user = User.objects.get()
    assert (user.name, user.role, user.email) == ("Zoë Ångström", "student", "zoe@example.org")
    assert client.get("/").wsgi_request.user == user


def test_signing_up_ignores_a_role(client):
    sign_up(client, role="administrator", is_staff="on", is_superuser="on")
    assert (User.objects.get().role, User.objects.get().is_staff) == ("student", False)


def test_signing_up_without_name_is_refused(client):
    response = sign_up(client, name="")
    assert "This field is required" in response.content.decode()
    assert not User.objects.exists()


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("river-412", "This password is too short. It must contain at least 10 characters."),
        ("1q2w3e4r5t", "This password is too common."),
        ("zoe@example.org", "The password is too similar to the"),
        ("password1234", "This password is easy to guess"),
    ],
)
def test_weak_password_is_refused_with_the_reason(client, password, reason):
    assert reason in sign_up(client, password1=password, password2=password).text
    assert not User.objects.exists()


def test_sign_in_with_wrong_password_fails(client):
    user = factories.user()
    response = client.post("/accounts/login/", {"login": user.email, "password": "wrong"})
    assert response.status_code == 200
    assert not response.wsgi_request.user.is_authenticated


def test_sign_in_and_sign_out(client):
    user = factories.user()
    assert client.post("/accounts/login/", {"login": user.email, "password": factories.PASSWORD}).status_code == 302
    assert client.get("/").wsgi_request.user == user
    client.post("/accounts/logout/")
    assert not client.get("/").wsgi_request.user.is_authenticated


def test_link_in_mail_resets_a_forgotten_password(client):
    user = factories.user()
    client.post("/accounts/password/reset/", {"email": user.email})
    link = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[0].body)[0]
    form_page = client.get(link, follow=True)
    fields = {"password1": "another-river-42", "password2": "another-river-42"}
    client.post(form_page.request["PATH_INFO"], fields)
    user.refresh_from_db()
    assert user.check_password("another-river-42")


def test_password_reset_does_not_reveal_unknown_addresses(client):
    known = client.post("/accounts/password/reset/", {"email": factories.user().email})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
