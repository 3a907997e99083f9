import pytest
from django.urls import reverse

from classroom.views.administration.urls import urlpatterns
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
# Every page of the administration, with the first row of whatever it is about.
ADDRESSES = [
    reverse(f"administration:{pattern.name}", kwargs=dict.fromkeys(pattern.pattern.converters, 1))
    for pattern in urlpatterns
]


@pytest.mark.parametrize("role", ["student", "teacher"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_page_does_not_exist_for_others(client, address, role):
    client.force_login(factories.user(role))
    # A view that handles a form refuses GET to everybody.
    assert {client.get(address).status_code, client.post(address).status_code} in ({404}, {404, 405})


@pytest.mark.parametrize("address", ADDRESSES)
def test_visitors_sign_in_first(client, address):
    answers = [client.get(address), client.post(address)]
    allowed = [answer for answer in answers if answer.status_code != 405]
    assert allowed
    assert all(answer.status_code == 302 and answer.url.startswith("/accounts/login/?next=") for answer in allowed)


def test_home_of_an_administrator_is_the_overview(client):
    client.force_login(factories.user("administrator"))
    page = client.get("/", follow=True)
    assert page.redirect_chain == [("/administration/", 302)]
    assert '<a href="/administration/" aria-current="page">Overview</a>' in page.content.decode()
