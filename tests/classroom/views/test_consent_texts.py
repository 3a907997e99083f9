"""An administrator writes a consent text, sees it as students will, and publishes it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ConsentText
from classroom.domain.consent.consents import grant_consent
from classroom.models import Course
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
PAGE = "/consent/texts/publish/"
NEW = {"replaces": "1", "body": "We read faces.\r\n\r\nYou decide.", "body_hi": "हम चेहरे पढ़ते हैं।", "applies": "now"}


@pytest.fixture
def administrator(client):
    made = factories.user("administrator")
    client.force_login(made)
    return made


@pytest.fixture
def students():
    course = factories.course()
    return [factories.student_of(course, consents=agrees) for agrees in (True, True, False)]


def version_in_force(student) -> int | None:
    return student.consents.in_force().values_list("text__version", flat=True).first()


def words(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.services
def test_page_begins_with_the_newest_text_and_its_translation(client, administrator):
    form = client.get(PAGE).context["form"]
    assert form["body"].value() == ConsentText.objects.get().body
    assert form["body_hi"].value().startswith("जब तक आप किसी कक्षा में हैं")
    assert form["replaces"].value() == 1


def test_preview_shows_both_languages_and_who_is_asked_again_and_publishes_nothing(client, administrator, students):
    response = client.post(PAGE, {**NEW, "step": "preview"})
    page = response.content.decode()
    assert "<p>We read faces.</p>\n\n<p>You decide.</p>" in page
    assert '<div class="card__body prose" data-testid="consent-translation"><p>हम चेहरे पढ़ते हैं।</p></div>' in page
    assert page.count("I have read the text and agree") == 1
    assert page.count("मैंने पाठ पढ़ लिया है") == 1
    assert "Applies from the moment you publish it. 2 students agree to version 1 and are asked again." in words(
        response
    )
    assert "A class running at that time keeps the old text until it ends." in page
    assert ConsentText.objects.count() == 1


def test_preview_says_if_a_language_has_no_translation(client, administrator):
    response = client.post(PAGE, {**NEW, "body_hi": " ", "step": "preview"})
    assert "No translation: students who read this language see the original." in response.content.decode()


def test_fields_of_the_preview_publish_what_was_shown(client, administrator, students):
    form = client.post(PAGE, {**NEW, "step": "preview"}).context["form"]
    fields = {field.name: field.value() for field in form if field.value() is not None}
    response = client.post(PAGE, {**fields, "step": "publish"}, follow=True)
    assert "Version 2 is published. 2 students are asked again." in words(response)
    text = ConsentText.objects.get(version=2)
    assert (text.body, text.translations) == ("We read faces.\n\nYou decide.", {"hi": "हम चेहरे पढ़ते हैं।"})
    assert timezone.now() - timedelta(minutes=5) < text.applies_from <= timezone.now()
    assert [version_in_force(each) for each in students] == [None, None, None]


@pytest.mark.services
def test_text_from_a_date_applies_in_the_administrators_time_zone(client, administrator, students):
    administrator.time_zone = "Asia/Kolkata"
    administrator.save()
    date = {"applies": "date", "applies_from": "2099-06-01T08:00"}
    preview = client.post(PAGE, {**NEW, **date, "step": "preview"})
    assert "Applies from 1 Jun 2099, 08:00 . 2 students agree to version 1" in words(preview)
    client.post(PAGE, {**NEW, **date, "step": "publish"})
    assert ConsentText.objects.upcoming().applies_from.isoformat() == "2099-06-01T02:30:00+00:00"
    assert version_in_force(students[0]) == 1
    assert "Version 2" in words(client.get(PAGE))


def test_edit_returns_to_the_form_with_what_was_written(client, administrator):
    response = client.post(PAGE, {**NEW, "step": "edit"})
    assert response.status_code == 200
    assert response.context["form"]["body"].value() == NEW["body"]
    assert ConsentText.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field", "error"),
    [
        ({"body": " \r\n"}, "body", "This field is required."),
        ({"body": "x" * 20_001}, "body", "This is too long: it may have at most 20000 characters (it has 20001)."),
        ({"applies": "date"}, "applies_from", "Enter a date and a time."),
        (
            {"applies": "date", "applies_from": "2020-01-01T08:00"},
            "applies_from",
            "This time has passed. Enter a later one.",
        ),
        ({"applies": "date", "applies_from": "soon"}, "applies_from", "Enter a valid date/time."),
        (
            {"applies": "date", "applies_from": "9999-12-31T23:59"},
            "applies_from",
            "Enter a date before the year 3000.",
        ),
        (
            {"replaces": "0"},
            "__all__",
            "Another text was published since you opened this page. Open it again.",
        ),
    ],
)
@pytest.mark.parametrize("step", ["preview", "publish"])
def test_bad_text_is_not_published(client, administrator, change, field, error, step):
    response = client.post(PAGE, {**NEW, **change, "step": step})
    assert (response.status_code, response.context["form"].errors) == (422, {field: [error]})
    assert ConsentText.objects.count() == 1


def test_unchanged_text_is_not_published(client, administrator):
    body = ConsentText.objects.get().body.replace("\n", "\r\n")
    response = client.post(PAGE, {**NEW, "body": body, "step": "publish"})
    assert response.context["form"].errors == {"body": ["Nothing has changed. Edit the text before you publish it."]}


def test_translation_of_the_text_before_is_not_published(client, administrator):
    former = client.get(PAGE).context["form"]["body_hi"].value()
    for step in ("preview", "publish"):
        response = client.post(PAGE, {**NEW, "body_hi": former.replace("\n", "\r\n"), "step": step})
        error = "This is still the translation of the previous text. Update it or clear the field."
        assert response.context["form"].errors == {"body_hi": [error]}
    assert ConsentText.objects.count() == 1


def test_text_is_shown_as_text(client, administrator):
    response = client.post(PAGE, {**NEW, "body": "<script>x</script>", "body_hi": "<b>x</b>", "step": "preview"})
    page = response.content.decode()
    assert ("<script>x" in page, "&lt;script&gt;x&lt;/script&gt;" in page) == (False, True)
    assert ("<b>x" in page, "&lt;b&gt;x&lt;/b&gt;" in page) == (False, True)


@pytest.mark.parametrize("role", ["student", "teacher"])
def test_others_find_no_such_page(client, role):
    client.force_login(factories.user(role))
    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, {**NEW, "step": "publish"}).status_code == 404
    assert ConsentText.objects.count() == 1


def test_signed_out_visitor_signs_in_first(client):
    assert client.post(PAGE, {**NEW, "step": "publish"}).url == f"/accounts/login/?next={PAGE}"


@pytest.mark.services
def test_publishing_needs_the_pages_token(administrator):
    other_site = Client(enforce_csrf_checks=True)
    other_site.force_login(administrator)
    assert other_site.post(PAGE, {**NEW, "step": "publish"}).status_code == 403
    assert ConsentText.objects.count() == 1


def test_administration_leads_to_the_page(client, administrator):
    assert client.get(reverse("admin:accounts_consenttext_add")).url == PAGE
    assert client.post(reverse("admin:accounts_consenttext_add"), {"version": 9, "body": "x"}).url == PAGE


def test_student_reads_the_coming_text_and_agrees_in_advance(client, students):
    coming = datetime(2099, 6, 1, 8, 30, tzinfo=UTC)
    ConsentText.objects.create(version=2, body="Coming.", applies_from=coming)
    client.force_login(students[0])
    url = f"/courses/{Course.objects.get().pk}/consent/"
    assert "From 1 Jun 2099, 08:30 , this text replaces the one above. Agree now" in words(client.get(url))
    page = client.get(url).text
    assert ("<p>Coming.</p>" in page, "Agree now, and your camera" in page) == (True, True)
    client.post(f"{url}grant/", {"agree": "on", "version": "2"})
    page = client.get(url).text
    assert ("Agree now, and your camera" in page, "You have already agreed to it." in page) == (False, True)


@pytest.mark.services
def test_every_version_stays_readable(client, students):
    ConsentText.objects.create(version=2, body="Other words.")
    client.force_login(students[2])
    assert "It is never a grade" in client.get("/consent/texts/1/").content.decode()
    assert "<p>Other words.</p>" in client.get("/consent/texts/2/").content.decode()
    assert client.get("/consent/texts/3/").status_code == 404
    assert client.get(f"/consent/texts/{10**30}/").status_code == 404


def test_granting_a_version_that_never_applies_is_refused(students):
    ConsentText.objects.create(version=2, body="Coming.", applies_from=timezone.now() + timedelta(days=2))
    ConsentText.objects.create(version=3, body="Instead.")
    with pytest.raises(ConsentText.DoesNotExist):
        grant_consent(student=students[0], course=Course.objects.get(), version=2, now=timezone.now())
