import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.models import User
from accounts.sign_in import known_browsers
from accounts.sign_in.known_browsers import browser_known_to, remember_browser
from tests import factories

pytestmark = pytest.mark.django_db


def request_with(cookie: str | None = None):
    request = RequestFactory().get("/")
    if cookie is not None:
        request.COOKIES[known_browsers.COOKIE] = cookie
    return request


def cookie_after(*users: User) -> str:
    cookie = None
    for user in users:
        response = HttpResponse()
        remember_browser(request_with(cookie), response, user.pk)
        cookie = response.cookies[known_browsers.COOKIE].value
    return cookie


def test_browser_is_known_to_the_accounts_that_it_signed_in_to_and_to_no_other():
    first, second, other = factories.user(), factories.user(), factories.user()
    request = request_with(cookie_after(first, second))
    names = [browser_known_to(request, user.pk) for user in (first, second)]
    assert names[0] == names[1] != ""
    assert browser_known_to(request, other.pk) is None


def test_two_browsers_have_different_names():
    user = factories.user()
    names = {browser_known_to(request_with(cookie_after(user)), user.pk) for _ in range(2)}
    assert len(names) == 2


@pytest.mark.parametrize("cookie", [None, "", "name.1", "..", "x" * 4000])
def test_browser_without_a_genuine_cookie_is_unknown(cookie):
    assert browser_known_to(request_with(cookie), factories.user().pk) is None


def test_cookie_that_was_changed_is_worthless():
    user, other = factories.user(), factories.user()
    cookie = cookie_after(user)
    assert browser_known_to(request_with(cookie.replace(f".{user.pk}:", f".{other.pk}:")), other.pk) is None


def test_shared_browser_remembers_those_who_signed_in_last(monkeypatch):
    monkeypatch.setattr(known_browsers, "MAX_ACCOUNTS", 2)
    first, second, third = factories.user(), factories.user(), factories.user()
    request = request_with(cookie_after(first, second, first, third))
    known = [browser_known_to(request, user.pk) is not None for user in (first, second, third)]
    assert known == [True, False, True]


def test_full_cookie_fits_into_a_cookie(monkeypatch):
    users = [User(pk=2**62 + number) for number in range(known_browsers.MAX_ACCOUNTS)]
    assert len(cookie_after(*users)) < 4000


@pytest.mark.parametrize("https", [True, False])
def test_cookie_is_out_of_reach_of_scripts_and_other_sites(https, settings):
    settings.HTTPS = https
    response = HttpResponse()
    remember_browser(request_with(), response, factories.user().pk)
    cookie = response.cookies[known_browsers.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], bool(cookie["secure"])) == (True, "Lax", https)
