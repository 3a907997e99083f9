"""With MFA_REQUIRED_FOR_ADMINISTRATORS, an administrator without a second factor can only add one."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from accounts.models import Organisation
from accounts.organisations.changes import change_looks
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(autouse=True)
def _required(settings):
    settings.MFA_REQUIRED_FOR_ADMINISTRATORS = True


@pytest.fixture
def administrator(client):
    user = factories.user("administrator")
    client.force_login(user)
    return user


def add_second_factor(user) -> None:
    Authenticator.objects.create(user=user, type="totp", data={"secret": "never read here"})


@pytest.mark.parametrize("path", ["/", "/accounts/", "/accounts/data/", "/admin/", "/admin/accounts/user/"])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.usefixtures("administrator")
def test_every_page_leads_to_the_one_that_adds_a_factor(client, path, method):
    response = getattr(client, method)(path)
    assert (response.status_code, response.url) == (302, "/accounts/2fa/")


@pytest.mark.usefixtures("administrator")
def test_api_refuses(client):
    response = client.get(f"/api/sessions/{factories.session().pk}/live/")
    assert (response.status_code, response.json()) == (403, {"detail": "Add a second factor to your account first."})


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/accounts/2fa/", 200),
        ("/accounts/2fa/totp/activate/", 302),
        ("/accounts/reauthenticate/", 200),
        ("/accounts/logout/", 200),
        ("/jsi18n/en/", 200),
    ],
)
@pytest.mark.usefixtures("administrator")
def test_pages_that_add_a_factor_stay_open(client, path, status):
    response = client.get(path)
    assert response.status_code == status
    assert response.headers.get("Location") != "/accounts/2fa/"


def test_header_of_these_pages_shows_the_logo(client, administrator):
    school = administrator.organisation
    change_looks(organisation=school, name="", colour="", png=b"picture", without_logo=False)
    logo = reverse("school_logo", args=[Organisation.objects.get(pk=school.pk).logo_key])
    assert (logo in client.get("/accounts/2fa/").text, client.get(logo).content) == (True, b"picture")


@pytest.mark.services
@pytest.mark.usefixtures("administrator")
def test_page_says_why_nothing_else_opens(client):
    assert "Administrators of this site need a second factor." in client.get("/accounts/2fa/").content.decode()


@pytest.mark.services
def test_administrator_with_a_factor_goes_everywhere(client, administrator):
    add_second_factor(administrator)
    assert client.get("/admin/").status_code == 200


def test_recovery_codes_alone_are_no_factor(client, administrator):
    Authenticator.objects.create(user=administrator, type="recovery_codes", data={"seed": "", "used_mask": 0})
    assert client.get("/admin/").url == "/accounts/2fa/"


@pytest.mark.parametrize("role", ["student", "teacher"])
def test_others_need_none(client, role):
    client.force_login(factories.user(role))
    assert client.get("/").status_code == 200


def test_visitors_need_none(client):
    assert client.get("/").status_code == 200


@pytest.mark.services
def test_without_the_setting_administrators_need_none(client, administrator, settings):
    settings.MFA_REQUIRED_FOR_ADMINISTRATORS = False
    assert client.get("/admin/").status_code == 200


def test_health_is_answered_without_a_session(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200
