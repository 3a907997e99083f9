import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.models import DEFAULT_ORGANISATION, Logo, Organisation, SecurityEvent
from tests import factories

pytestmark = pytest.mark.django_db
PAGE, RETENTION = "/administration/school/", "/administration/school/retention/"
SHOWN = 'data-testid="school"'


@pytest.fixture
def administrator(client):
    user = factories.user("administrator")
    client.force_login(user)
    return user


def png() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (60, 20), "#1c71d8").save(out, "PNG")
    return SimpleUploadedFile("logo.png", out.getvalue())


def test_only_school_without_a_name_shows_nothing(client, administrator):
    assert SHOWN not in client.get(PAGE).text
    assert client.post(PAGE, {"name": "", "colour": ""}).status_code == 302
    client.logout()
    assert SHOWN not in client.get("/accounts/login/").text


@pytest.mark.django_db(transaction=True)
def test_name_colour_and_logo_are_in_the_header_and_on_the_sign_in_page(client, administrator):
    fields = {"name": " Hill  School ", "colour": "#1C71D8", "logo": png()}
    assert client.post(PAGE, fields).url == PAGE
    school = Organisation.objects.get()
    picture = reverse("school_logo", args=[school.logo_key])
    page = client.get(PAGE).text
    assert (school.name, school.colour) == ("Hill School", "#1c71d8")
    assert [part in page for part in (SHOWN, "Hill School", picture, 'fill="#1c71d8"')] == [True] * 4
    client.logout()
    entrance = client.get("/accounts/login/").text
    assert [part in entrance for part in (SHOWN, "Hill School", picture)] == [True] * 3
    served = client.get(picture)
    assert (served["Content-Type"], served["Cache-Control"]) == ("image/png", "public, max-age=31536000, immutable")
    assert served.content == bytes(Logo.objects.get().png)
    event = SecurityEvent.objects.get(event="school_changed")
    assert (event.actor_id, event.organisation, event.details) == (
        administrator.pk,
        school.pk,
        {"fields": ["name", "colour", "logo_key"]},
    )


def test_logo_stays_until_another_is_sent_or_none_is_wanted(client, administrator):
    client.post(PAGE, {"name": "Hill School", "logo": png()})
    key = Organisation.objects.get().logo_key
    client.post(PAGE, {"name": "Hill College"})
    assert (Organisation.objects.get().name, Organisation.objects.get().logo_key) == ("Hill College", key)
    client.post(PAGE, {"name": "Hill College", "without_logo": "on"})
    assert (Organisation.objects.get().logo_key, Logo.objects.count()) == ("", 0)
    assert client.get(reverse("school_logo", args=[key])).status_code == 404


def test_two_schools_may_have_the_same_logo(client, administrator):
    client.post(PAGE, {"name": "Hill School", "logo": png()})
    other = factories.user("administrator", organisation=factories.organisation())
    client.force_login(other)
    client.post(PAGE, {"name": "Valley School", "logo": png()})
    [key] = set(Organisation.objects.values_list("logo_key", flat=True))
    assert (Logo.objects.count(), client.get(reverse("school_logo", args=[key])).status_code) == (2, 200)


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"colour": "#ffff00"}, "Too pale to be seen in light mode. Use a darker colour."),
        ({"colour": "#000080"}, "Too dark to be seen in dark mode. Use a brighter colour."),
        ({"colour": "blue"}, "Enter # and six digits from 0 to 9 and a to f."),
        ({"colour": "#12345"}, "Enter # and six digits from 0 to 9 and a to f."),
        ({"logo": SimpleUploadedFile("a.png", b"<svg/>")}, "This is not a PNG, JPEG or WebP that Attune can read."),
        (
            {"logo": SimpleUploadedFile("a.png", b"0" * 205_000)},
            "Too large: at most 200 KB and 2000 pixels on each side.",
        ),
    ],
)
def test_refused_values_change_nothing(client, administrator, fields, text):
    page = client.post(PAGE, {"name": "Hill School"} | fields)
    assert (page.status_code, text in page.text) == (422, True)
    assert Organisation.objects.get().name == ""


def test_school_of_several_is_known_to_visitors_by_its_join_code_alone(client):
    Organisation.objects.filter(pk=DEFAULT_ORGANISATION).update(name="Valley School")
    hill = factories.organisation("Hill School")
    course = factories.course(organisation=hill)
    assert SHOWN not in client.get("/accounts/login/").text
    client.post(f"/courses/join/?code={course.join_code}", {"then": "login"})
    page = client.get("/accounts/login/").text
    assert ("Hill School" in page, "Valley School" in page) == (True, False)


def test_people_see_their_own_school(client):
    Organisation.objects.filter(pk=DEFAULT_ORGANISATION).update(name="Valley School")
    hill = factories.organisation("Hill School")
    client.force_login(factories.user(organisation=hill))
    page = client.get("/").text
    assert ("Hill School" in page, "Valley School" in page) == (True, False)


def test_administrator_changes_their_own_school_and_may_take_the_name_of_another(client):
    Organisation.objects.filter(pk=DEFAULT_ORGANISATION).update(name="Valley School")
    hill = factories.organisation("Hill School")
    client.force_login(factories.user("administrator", organisation=hill, is_superuser=False))
    assert client.post(PAGE, {"name": ""}).status_code == 422
    assert client.post(PAGE, {"name": "Valley School", "colour": "#1c71d8"}).status_code == 302
    assert list(Organisation.objects.values_list("name", "colour")) == [
        ("Valley School", ""),
        ("Valley School", "#1c71d8"),
    ]


@pytest.mark.django_db(transaction=True)
def test_administrator_shortens_the_retention_of_their_school_after_seeing_what_would_be_deleted(client, settings):
    settings.RETENTION_DAYS = 365
    hill = factories.organisation("Hill School")
    end = timezone.now() - timedelta(days=40)
    for course in (factories.course(organisation=hill), factories.course()):
        factories.session(course, started_at=end - timedelta(hours=1), ended_at=end)
    client.force_login(factories.user("administrator", organisation=hill, is_superuser=False))
    page = client.get(RETENTION).text
    assert "Classes in this school are deleted 365 days after they end" in page
    assert "This server keeps classes for 365 days; a school cannot keep them longer." in page
    asked = client.post(RETENTION, {"days": "30"})
    assert (asked.status_code, "1 class is older than that" in asked.text) == (422, True)
    assert Organisation.objects.get(pk=hill.pk).retention_days is None
    assert client.post(RETENTION, {"days": "30", "sure": "on"}).url == RETENTION
    assert "Classes in this school are deleted 30 days after they end" in client.get(RETENTION).text
    assert client.post(RETENTION, {"days": ""}).status_code == 302
    assert set(Organisation.objects.values_list("retention_days", flat=True)) == {None}
    events = SecurityEvent.objects.filter(event="school_changed", organisation=hill.pk).order_by("pk")
    assert [each.details["changes"]["retention_days"] for each in events] == [[None, 30], [30, None]]
    assert "retention_days: None → 30" in client.get("/administration/audit/").text


@pytest.mark.parametrize(("server_days", "days"), [(365, "0"), (365, "366"), (0, "3651"), (0, "many")])
def test_retention_out_of_bounds_is_refused(client, administrator, settings, server_days, days):
    settings.RETENTION_DAYS = server_days
    assert client.post(RETENTION, {"days": days}).status_code == 422
    assert Organisation.objects.get().retention_days is None
