import re

import pytest

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


@pytest.mark.parametrize("role", ["student", "teacher"])
def test_page_is_for_administrators_alone(client, role):
    client.force_login(factories.user(role))
    assert client.get("/administration/privacy/").status_code == 404
