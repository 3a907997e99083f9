import re

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from accounts.time_zones import time_zone_label, time_zone_names, validate_time_zone, zone_of
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
PAGE = "/accounts/"


@pytest.fixture(autouse=True)
def school(settings):
    settings.TIME_ZONE = "Europe/Berlin"


@pytest.fixture
def user(client):
    made = factories.teacher()
    client.force_login(made)
    return made


def zone_of_page(response):
    return re.search(r'<html[^>]* data-time-zone="([^"]*)"', response.content.decode())[1]


@pytest.mark.parametrize(
    ("chosen", "zone"),
    [
        ("", "Europe/Berlin"),
        ("Asia/Kolkata", "Asia/Kolkata"),
        ("Lost/Atlantis", "Europe/Berlin"),
        ("../x", "Europe/Berlin"),
    ],
)
def test_zone_is_the_users_choice_or_the_schools(chosen, zone):
    assert str(zone_of(User(time_zone=chosen))) == zone


def test_names_are_places_and_utc():
    assert {"Asia/Kolkata", "Europe/Berlin", "America/Argentina/Buenos_Aires", "UTC"} <= time_zone_names()
    assert not {"localtime", "Factory", "Etc/GMT+5", "EST"} & time_zone_names()


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("UTC", "UTC"),
        ("Etc/UTC", "UTC"),
        ("Asia/Kolkata", "Asia/Kolkata"),
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos Aires"),
    ],
)
def test_label_is_the_name_as_people_write_it(name, label):
    assert time_zone_label(name) == label


def test_footer_names_utc_where_the_server_calls_it_otherwise(client, user, settings):
    settings.TIME_ZONE = "Etc/UTC"
    page = client.get("/")
    assert ">Times in UTC</a>" in page.content.decode()
    assert zone_of_page(page) == "Etc/UTC"


@pytest.mark.parametrize("name", ["Mars/Olympus", "asia/kolkata", "../../etc/passwd", "+05:30", "localtime"])
def test_unknown_name_is_refused(name):
    with pytest.raises(ValidationError, match="no such time zone"):
        validate_time_zone(name)


def test_user_chooses_a_zone_and_returns_to_the_schools(client, user):
    for chosen, zone in (("Asia/Kolkata", "Asia/Kolkata"), ("", "Europe/Berlin")):
        response = client.post(PAGE, {"name": user.name, "time_zone": chosen}, follow=True)
        user.refresh_from_db()
        assert user.time_zone == chosen
        assert response.redirect_chain == [(PAGE, 302)]
        assert zone_of_page(response) == zone
        assert f">Times in {zone}</a>" in response.content.decode()


def test_page_offers_the_schools_zone_by_name_and_selects_the_choice(client, user):
    User.objects.filter(pk=user.pk).update(time_zone="America/New_York")
    page = client.get(PAGE).content.decode()
    assert '<option value="">The school’s (Europe/Berlin)</option>' in page
    assert '<option value="America/New_York" selected>America/New York</option>' in page


def test_unknown_zone_is_an_error_on_the_page(client, user):
    response = client.post(PAGE, {"name": user.name, "time_zone": "Mars/Olympus"})
    assert "time_zone" in response.context["form"].errors
    user.refresh_from_db()
    assert user.time_zone == ""


def test_former_page_leads_to_the_account(client):
    assert client.get("/accounts/time-zone/").url == "/accounts/#id_time_zone"


def test_public_page_has_the_zone_of_whoever_reads_it(client, user):
    User.objects.filter(pk=user.pk).update(time_zone="Asia/Kolkata")
    assert zone_of_page(client.get("/privacy/")) == "Asia/Kolkata"
    client.logout()
    assert zone_of_page(client.get("/privacy/")) == "Europe/Berlin"


def test_zone_ends_with_the_request(client, user):
    User.objects.filter(pk=user.pk).update(time_zone="Asia/Kolkata")
    client.get("/")
    assert timezone.get_current_timezone_name() == "Europe/Berlin"


def test_public_response_loads_no_user(client, user, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/jsi18n/en/")
    assert "Cookie" not in response.get("Vary", "")
