"""The page of one's own sign-ins, and ending those of other browsers."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.browser_sessions.expiry import delete_expired_sessions
from accounts.browser_sessions.listing import browser_name
from tests import factories
from tests.factories import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605"


def signed_in(user, user_agent: str) -> Client:
    browser = Client(HTTP_USER_AGENT=user_agent)
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return browser


def is_signed_in(browser: Client) -> bool:
    return browser.get("/accounts/").status_code == 200


@pytest.fixture
def browsers(user):
    return signed_in(user, FIREFOX), signed_in(user, CHROME), signed_in(user, "curl")


def row_of(user_agent: str) -> UserSession:
    return UserSession.objects.get(user_agent=user_agent)


def test_page_names_each_browser_and_marks_the_one_at_hand(browsers):
    firefox, *_others = browsers
    page = firefox.get("/accounts/sessions/").content.decode()
    assert [name in page for name in ("Firefox on Linux", "Chrome on Windows", "Unknown browser")] == [True] * 3
    assert page.count("This browser") == 1


def test_one_browser_is_signed_out_and_the_others_stay(browsers, log, django_capture_on_commit_callbacks):
    firefox, chrome, curl = browsers
    with django_capture_on_commit_callbacks(execute=True):
        firefox.post(f"/accounts/sessions/{row_of(CHROME).pk}/end/")
    assert [is_signed_in(each) for each in (firefox, chrome, curl)] == [True, False, True]
    [line] = log.lines("signed_out_elsewhere")
    assert line["browsers"] == 1


def test_all_others_are_signed_out(browsers, log, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        browsers[0].post("/accounts/sessions/")
    assert [is_signed_in(each) for each in browsers] == [True, False, False]
    [line] = log.lines("signed_out_elsewhere")
    assert line["browsers"] == 2


def test_nobody_signs_somebody_else_out(browsers):
    other = signed_in(factories.user(), FIREFOX + " other")
    assert other.post(f"/accounts/sessions/{row_of(CHROME).pk}/end/").status_code == 404
    assert is_signed_in(browsers[1])


@pytest.mark.services
def test_the_browser_at_hand_is_asked_before_it_is_signed_out(browsers):
    assert browsers[0].post(f"/accounts/sessions/{row_of(FIREFOX).pk}/end/").url == "/accounts/logout/"
    assert is_signed_in(browsers[0])


def test_ending_needs_a_post_and_a_sign_in(browsers, client):
    path = f"/accounts/sessions/{row_of(CHROME).pk}/end/"
    assert browsers[0].get(path).status_code == 405
    assert client.post(path).url == "/accounts/login/?next=/accounts/sessions/"


def test_account_page_leads_there(browsers):
    assert 'href="/accounts/sessions/"' in browsers[0].get("/accounts/").content.decode()


@pytest.mark.services
def test_rows_are_deleted_with_their_sessions(browsers):
    Session.objects.filter(session_key=browsers[1].session.session_key).delete()
    delete_expired_sessions()
    assert set(UserSession.objects.values_list("user_agent", flat=True)) == {FIREFOX, "curl"}


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (CHROME, "Chrome on Windows"),
        (CHROME + " Edg/140.0.0.0", "Edge on Windows"),
        (f"{IPHONE} Version/18 Safari/604", "Safari on iPhone"),
        (f"{IPHONE} CriOS/140 Safari/604", "Chrome on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/18 Safari/605", "Safari on macOS"),
        ("Mozilla/5.0 (Linux; Android 15) SamsungBrowser/28 Chrome/130 Safari/537", "Samsung Internet on Android"),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541) AppleWebKit/537.36 Chrome/140 Safari/537.36", "Chrome on ChromeOS"),
        ("", "Unknown browser"),
        ("<script>alert(1)</script>", "Unknown browser"),
    ],
)
def test_browser_is_named_by_what_it_says(user_agent, name):
    assert browser_name(user_agent) == name
