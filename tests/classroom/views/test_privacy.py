"""The privacy page says what the settings and the code do."""

import re

import pytest
from django.conf import settings as shipped

from accounts.models import Organisation
from classroom.domain.retention import set_school_retention
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def words(client) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", client.get("/privacy/").content.decode()).split())


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("RETENTION_DAYS", 1, "Everything recorded in a class is deleted 1 day after the class ends."),
        ("RETENTION_DAYS", 365, "Everything recorded in a class is deleted 365 days after the class ends."),
        (
            *("RETENTION_DAYS", 0),
            "Everything recorded in a class is kept until a teacher deletes the class, "
            "or an administrator deletes the course.",
        ),
        ("SECURITY_LOG_DAYS", 30, "Account activity is deleted after 30 days."),
        ("SECURITY_LOG_DAYS", 0, "Account activity is kept."),
        ("SECURITY_LOG_DAYS", 30, "To notice and explain misuse of accounts and of data. Until when: 30 days."),
        (
            "RETENTION_DAYS",
            90,
            "Your raised hands. Why: So that teachers see how the class follows the lesson, live "
            "and afterwards. Until when: At most 90 days after the class ended; a course may have a shorter time.",
        ),
        ("KEPT_READINGS_S", 60, "readings wait in memory for at most 1 minute."),
        ("KEPT_READINGS_S", 1800, "readings wait in memory for at most 30 minutes."),
        ("SNAPSHOT_TTL_S", 5, "A snapshot waits in memory for at most 5 seconds until it is read."),
        ("SNAPSHOT_INTERVAL_MS", 15_000, "a small snapshot every 15 to 15 seconds."),
        ("SNAPSHOT_INTERVAL_MS", 1500, "a small snapshot every 1.5 to 8 seconds."),
        ("SESSION_IDLE_HOURS", 1, "You are signed out after 1 hour without opening a page."),
        ("PRIVACY_CONTACT", "Ms Rao, room 12", "Contact Ms Rao, room 12"),
        ("PRIVACY_CONTACT", "", "Contact Ask the school that runs this site; it has not listed a contact here."),
    ],
)
def test_page_follows_the_settings(client, settings, setting, value, sentence):
    setattr(settings, setting, value)
    assert sentence in words(client)


def test_people_read_the_limit_of_their_school(client, settings):
    settings.RETENTION_DAYS = 365
    hill = factories.organisation("Hill School")
    set_school_retention(organisation=hill, days=30)
    page = words(client)
    assert "deleted 365 days after the class ends. A school or a course may delete its classes earlier." in page
    student = factories.user(organisation=hill)
    factories.attendance(factories.session(factories.course(organisation=hill)), student)
    client.force_login(student)
    page = words(client)
    assert "deleted 30 days after the class ends. A course may delete its classes earlier." in page
    assert ("At most 30 days after the class ended" in page, "365 days" in page) == (True, False)
    assert "Until when: At most 30 days after the class ended" in client.get("/accounts/kept/").text
    client.force_login(factories.user())
    assert "deleted 365 days after the class ends." in words(client)


def test_visitors_read_the_limit_of_the_only_school(client):
    set_school_retention(organisation=Organisation.objects.get(), days=7)
    assert "deleted 7 days after the class ends. A course may delete" in words(client)


def test_addresses_of_the_contact_are_links_and_the_rest_is_text(client, settings):
    settings.PRIVACY_CONTACT = "<b>Ms Rao</b>, privacy@school.example, https://school.example/privacy"
    page = client.get("/privacy/").content.decode()
    assert '<a href="mailto:privacy@school.example">privacy@school.example</a>' in page
    assert 'href="https://school.example/privacy"' in page
    assert ("<b>Ms Rao" in page, "&lt;b&gt;Ms Rao" in page) == (False, True)


def test_only_students_are_offered_to_delete_readings_and_only_the_signed_in_their_data(client):
    for role, own in ((None, False), ("teacher", True), ("administrator", True), ("student", True)):
        if role:
            client.force_login(factories.user(role))
        page = client.get("/privacy/").content.decode()
        assert ('<h2 id="delete">' in page, "Download everything about you" in page) == (role == "student", own)


def test_pages_load_nothing_from_elsewhere():
    sources = {source for each in shipped.CONTENT_SECURITY_POLICY["DIRECTIVES"].values() for source in each}
    assert sources == {"'none'", "'self'", "data:", "blob:"}
