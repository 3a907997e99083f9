"""Pages in Hindi, and the language switch."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from tests import factories

HINDI = {"HTTP_ACCEPT_LANGUAGE": "hi-IN,hi;q=0.9,en;q=0.5"}
ENGLISH_WORDS = re.compile(r">\s*[A-Z][a-z]+ [a-z]+[^<]*<")


@pytest.fixture
def hindi(client):
    client.cookies["django_language"] = "hi"
    return client


def switch(client, next_url: str, language: str = "hi"):
    return client.post(reverse("set_language"), {"language": language, "next": next_url})


@pytest.mark.django_db
def test_language_switch_redirects_back_and_sets_a_cookie(client):
    response = switch(client, "/privacy/")
    assert (response.status_code, response["Location"]) == (302, "/privacy/")
    assert response.cookies["django_language"].value == "hi"
    assert '<html lang="hi"' in client.get("/privacy/").content.decode()


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_language_switch_never_redirects_to_another_host(client, address):
    assert switch(client, address)["Location"] == "/"


def test_unknown_language_changes_nothing(client):
    assert "django_language" not in switch(client, "/", "tlh").cookies


def test_get_request_does_not_switch_the_language(client):
    assert "django_language" not in client.get(reverse("set_language"), {"language": "hi"}).cookies


@pytest.mark.django_db
def test_every_page_offers_each_language(client):
    for user in (None, factories.user("student"), factories.user("teacher"), factories.user("administrator")):
        if user:
            client.force_login(user)
        page = client.get("/", follow=True).content.decode()
        languages = re.findall(r'value="(\w+)"\s+lang="en"[^>]*>(\w[^<]*)</button>', page)
        assert languages == [("en", "English"), ("hi", "Hindi")]


def test_first_visit_uses_the_language_of_the_browser(client):
    assert "पहले सहमति" in client.get("/", **HINDI).content.decode()


def test_other_languages_fall_back_to_english(client):
    assert '<html lang="en"' in client.get("/", HTTP_ACCEPT_LANGUAGE="fr").content.decode()


@pytest.mark.django_db
def test_pages_of_a_running_class_are_in_hindi(hindi):
    session = factories.session(started_at=timezone.now())
    student = factories.student_of(session.course, "अदिति")
    for user, name, word in (
        (session.course.teachers.get(), "session_live", "कक्षा समाप्त करें"),
        (student, "session_attend", "कैमरा चालू करें"),
        (student, "home", "कक्षा में जाएँ"),
    ):
        hindi.force_login(user)
        page = hindi.get(reverse(name, args=[session.pk] if name != "home" else []))
        assert (page.status_code, page["Content-Language"], word in page.content.decode()) == (200, "hi", True)
        assert english_of(page.content.decode(), session) == []


@pytest.mark.django_db
def test_pages_of_an_ended_class_are_in_hindi(hindi):
    now = timezone.now()
    session = factories.session(started_at=now - timedelta(minutes=5), ended_at=now)
    student = factories.student_of(session.course, "अदिति")
    factories.attendance(session, student)
    factories.reading(session, student, after_s=3)
    teacher = session.course.teachers.get()
    for user, name, args, word in (
        (teacher, "session_report", [session.pk], "इन आँकड़ों की गणना कैसे होती है"),
        (teacher, "course_term", [session.course.pk], "कक्षा-दर-कक्षा"),
        (student, "session_mine", [session.pk], "यह वह है जो आपसे पढ़ा गया।"),
        (student, "course_mine", [session.course.pk], "पढ़ने लायक"),
    ):
        hindi.force_login(user)
        page = hindi.get(reverse(name, args=args))
        assert (page.status_code, name if word in page.content.decode() else "") == (200, name)
        assert english_of(page.content.decode(), session) == []


def english_of(page: str, session) -> list[str]:
    """Return texts of the page's body that are still English, apart from names that people gave."""
    body = page[page.index("<main") :].replace(session.topic, "").replace(session.course.name, "")
    return ENGLISH_WORDS.findall(re.sub(r"<script.*?</script>", "", body, flags=re.DOTALL))


@pytest.mark.django_db
def test_form_error_is_in_hindi(hindi):
    hindi.force_login(factories.user("student"))
    page = hindi.post(reverse("course_join"), {"join_code": "WRONG999"})
    assert "इस कोड का कोई कोर्स नहीं है। अपने शिक्षक से पूछ लें।" in page.content.decode()


@pytest.mark.django_db
def test_wrong_password_error_is_in_hindi(hindi):
    page = hindi.post(reverse("account_login"), {"login": "ada@school.example", "password": "wrong"})
    assert "ई-मेल पता या पासवर्ड सही नहीं है।" in page.content.decode()


@pytest.mark.django_db
def test_password_reset_mail_is_in_hindi(hindi):
    hindi.post(reverse("account_reset_password"), {"email": factories.user("student").email})
    [sent] = mail.outbox
    assert sent.subject == "Attune: अपना पासवर्ड बदलें"
    assert "यह लिंक 1 घंटे तक काम करता है।" in sent.body
