"""A browser's steps when its user opens a course from a learning platform, for tests."""

import jwt
from django.test import Client
from lti_tool.models import LtiRegistration

from accounts.lti.platforms import save_platform
from accounts.models import DEFAULT_ORGANISATION, LtiAccount, Organisation, User
from tests.lti_platform import CLAIM, CLIENT_ID, DEPLOYMENT_ID, STUDENT, TEACHER, LtiPlatform, person

LEARNER = person("zoe", "Zoë Student", STUDENT)
INSTRUCTOR = person("tom", "Tom Teacher", TEACHER)


def register(platform: LtiPlatform) -> LtiRegistration:
    registered = LtiRegistration(
        name="School Moodle",
        issuer=platform.issuer,
        client_id=CLIENT_ID,
        auth_url=f"{platform.issuer}/auth",
        token_url=f"{platform.issuer}/token",
        keyset_url=f"{platform.issuer}/keys",
    )
    school = Organisation.objects.get(pk=DEFAULT_ORGANISATION)
    save_platform(platform=registered, deployment_ids=[DEPLOYMENT_ID], organisation=school)
    return registered


def start(browser: Client, platform: LtiPlatform, **parameters: str) -> str:
    """Click the link on the platform. Return the platform's URL with the query to which the site redirects."""
    asked = {"iss": platform.issuer, "client_id": CLIENT_ID, "login_hint": "hint", "target_link_uri": "any"}
    response = browser.get("/lti/login/", asked | parameters)
    assert response.status_code == 302, response.content
    return response.url


def answer(browser: Client, platform: LtiPlatform, claims: dict):
    """Start and let the platform answer; return the site's response to that."""
    return browser.post("/lti/launch/", platform.launch_form(start(browser, platform), claims))


def launch(browser: Client, platform: LtiPlatform, claims: dict):
    """Open the course as a known or new person; return where that ends."""
    response = answer(browser, platform, claims)
    assert (response.status_code, response.url) == (302, "/lti/sign-in/"), response.content
    response = browser.get("/lti/sign-in/", follow=True)
    if "/lti/new-account/" in response.text:
        response = browser.post("/lti/new-account/", follow=True)
    return response


def known(platform: LtiPlatform, user: User, subject: str) -> User:
    """Link the person of the platform to the user, as if by an earlier launch."""
    LtiAccount.objects.create(user=user, organisation=user.organisation, issuer=platform.issuer, subject=subject)
    return user


def custom(**parameters: int) -> dict:
    """The parameters that a deep link carries."""
    return {f"{CLAIM}custom": {f"attune_{name}": str(value) for name, value in parameters.items()}}


def path(response) -> str:
    return response.request["PATH_INFO"]


def take_site_keys(platform: LtiPlatform) -> None:
    """The platform fetches the site's keys."""
    keys = Client().get("/lti/jwks/").json()["keys"]
    platform.site_keys = {key["kid"]: jwt.PyJWK.from_dict(key).key for key in keys}


def signed_in_as(browser: Client) -> str | None:
    response = browser.get("/accounts/")
    return response.context["user"].email if response.status_code == 200 else None
