import re

import pytest

from accounts.models import DEFAULT_ORGANISATION, Organisation
from classroom.domain.retention import set_school_retention
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("courses", [1, 3])
def test_page_has_the_rules_of_the_school_at_a_glance(client, settings, courses, django_assert_num_queries):
    settings.RETENTION_DAYS, settings.SECURITY_LOG_DAYS, settings.PRIVACY_CONTACT = 365, 90, "Ms Rao, room 12"
    for _ in range(courses):
        factories.course(retention_days=30)
    factories.course()
    client.force_login(factories.user("administrator"))
    with django_assert_num_queries(5):
        page = client.get("/administration/privacy/").content.decode()
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    own = "1 course has its own limit." if courses == 1 else "3 courses have their own limits."
    for sentence in ("Deleted 365 days after their end.", own, "deleted after 90 days", "Ms Rao, room 12"):
        assert sentence in words
    assert "Version 1 applies." in words
    assert "Readings of your face" in words


def test_page_has_the_limit_of_the_school(client, settings):
    settings.RETENTION_DAYS = 365
    hill = factories.organisation("Hill School")
    set_school_retention(organisation=hill, days=30)
    for school, days in ((hill, 30), (Organisation.objects.get(pk=DEFAULT_ORGANISATION), 365)):
        client.force_login(factories.user("administrator", organisation=school))
        page = client.get("/administration/privacy/").text
        assert f"Deleted {days} days after their end." in page
        assert f"At most {days} days after the class ended" in page


@pytest.mark.parametrize("role", ["student", "teacher"])
def test_page_is_for_administrators_alone(client, role):
    client.force_login(factories.user(role))
    assert client.get("/administration/privacy/").status_code == 404
