"""A translation is shown only for the exact text it was made from."""

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.consent_texts.translation import translated_body
from accounts.models import ConsentText
from tests import factories

pytestmark = pytest.mark.django_db


def consent_page(client) -> str:
    course = factories.course()
    client.force_login(factories.student_of(course, consents=False))
    return client.get(reverse("course_consent", args=[course.pk])).content.decode()


def test_first_text_has_a_translation():
    with translation.override("hi"):
        assert translated_body(ConsentText.objects.get(version=1)).startswith("जब तक आप किसी कक्षा में हैं")


def test_english_needs_no_translation():
    with translation.override("en"):
        assert translated_body(ConsentText.objects.get(version=1)) is None


def test_changed_text_has_no_translation():
    first = ConsentText.objects.get(version=1)
    with translation.override("hi"):
        assert translated_body(ConsentText(version=2, body=first.body.replace("never", "rarely"))) is None


def test_translation_is_shown_with_the_original(client):
    client.cookies["django_language"] = "hi"
    page = consent_page(client)
    assert "तस्वीर तुरंत मिटा दी जाती है" in page
    assert '<div class="prose" lang="en"><p>While you are in a class session' in page


def test_text_without_translation_is_shown_in_english(client):
    ConsentText.objects.create(version=2, body="Other words.")
    client.cookies["django_language"] = "hi"
    page = consent_page(client)
    assert ("<p>Other words.</p>" in page, "यह अनुवाद है" in page) == (True, False)


def test_consent_given_in_hindi_records_the_same_version(client):
    client.cookies["django_language"] = "hi"
    course = factories.course()
    student = factories.student_of(course, consents=False)
    client.force_login(student)
    client.post(reverse("course_consent_grant", args=[course.pk]), {"version": "1", "agree": "on"})
    given = student.consents.get()
    assert (given.text.version, given.text.body[:18]) == (1, "While you are in a")


def test_entered_translation_is_shown_with_the_original(client):
    ConsentText.objects.create(version=2, body="Other words.", translations={"hi": "दूसरे शब्द।"})
    client.cookies["django_language"] = "hi"
    page = consent_page(client)
    assert ("<p>दूसरे शब्द।</p>" in page, '<div class="prose" lang="en"><p>Other words.</p></div>' in page) == (True, True)
