"""tests/security/test_access.py checks that the administration's pages exist only for administrators."""

import pytest

from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_home_of_an_administrator_is_the_overview(client):
    client.force_login(factories.user("administrator"))
    page = client.get("/", follow=True)
    assert page.redirect_chain == [("/administration/", 302)]
    assert '<a href="/administration/" aria-current="page">Overview</a>' in page.content.decode()
