"""Launches as a platform really signs them: bad ones are refused with their reason, and write nothing."""

import json

import pytest
from django.test import Client
from jwt.utils import base64url_decode, base64url_encode
from lti_tool.models import LtiContext, LtiDeployment, LtiRegistration

from accounts.lti.platforms import save_platform
from accounts.models import LtiAccount, SecurityEvent, User
from tests import factories
from tests.lti_platform import CLAIM, CLIENT_ID
from tests.lti_visits import LEARNER, answer, launch, signed_in_as, start
from tests.signing_keys import rsa_key

pytestmark = pytest.mark.django_db(transaction=True)

REFUSED = {
    "issuer": "comes from another platform",
    "audience": "is for another site",
    "deployment": "does not know this deployment",
    "expired": "has expired",
    "signature": "is not signed with its key, or was changed on the way",
    "nonce": "belongs to another attempt",
    "context": "did not say which course you come from",
    "message": "is incomplete",
    "keys": "keys could not be read",
    "state": "was already used, has expired, or was opened in another browser",
    "answer": "did not say who you are",
    "clock": "clock is ahead",
    "platform": "does not know the learning platform",
}


def nothing_written() -> bool:
    models = (User, LtiAccount, LtiContext)
    is_stored = SecurityEvent.objects.filter(event="lti_launch_refused").exists()
    return not any(model.objects.exists() for model in models) and LtiDeployment.objects.count() == 1 and not is_stored


def assert_refused(response, reason: str, log) -> None:
    assert response.status_code == 403
    assert REFUSED[reason] in response.text
    assert [line["reason"] for line in log.lines("lti_launch_refused")] == [reason]
    assert nothing_written()


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"iss": "https://other.example"}, "issuer"),
        ({"aud": "another client"}, "audience"),
        ({"aud": [CLIENT_ID, "another"], "azp": "another"}, "audience"),
        ({f"{CLAIM}deployment_id": "another"}, "deployment"),
        ({f"{CLAIM}deployment_id": None}, "deployment"),
        ({"exp": 1_700_000_000}, "expired"),
        ({"iat": 4_000_000_000}, "clock"),
        ({"exp": None}, "message"),
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "message"),
        ({"sub": None}, "message"),
        ({"sub": "zoe\0"}, "message"),
        ({"sub": "zoe\ud800"}, "message"),
        ({f"{CLAIM}context": {"id": "7b\0"}}, "context"),
        ({f"{CLAIM}deployment_id": "deployment-1\0"}, "deployment"),
        ({"sub": "x" * 256}, "message"),
        ({f"{CLAIM}roles": None}, "message"),
        ({f"{CLAIM}version": "1.1"}, "message"),
        ({f"{CLAIM}message_type": "LtiSubmissionReviewRequest"}, "message"),
        ({f"{CLAIM}resource_link": "a text"}, "message"),
        ({f"{CLAIM}context": None}, "context"),
        ({f"{CLAIM}context": {"id": 7}}, "context"),
        ({f"{CLAIM}context": "a text"}, "message"),
    ],
)
def test_wrong_claim_is_refused(client, platform, log, changed, reason):
    platform.changed_claims = changed
    assert_refused(answer(client, platform, LEARNER), reason, log)


def test_token_signed_with_another_key_is_refused(client, platform, log):
    platform.signing_key = rsa_key("another")
    assert_refused(answer(client, platform, LEARNER), "signature", log)


def test_log_says_why_a_launch_was_refused(client, platform, caplog):
    platform.answers["/keys"] = (500, b"")
    answer(client, platform, LEARNER)
    assert "was refused: 'keys: 500 Server Error" in caplog.text


def test_token_that_names_an_unknown_key_is_refused(client, platform, log):
    platform.key_id = "another"
    assert_refused(answer(client, platform, LEARNER), "signature", log)


def test_token_that_was_changed_on_the_way_is_refused(client, platform, log):
    form = platform.launch_form(start(client, platform), LEARNER)
    header, claims, signature = form["id_token"].split(".")
    changed = json.loads(base64url_decode(claims)) | {"sub": "somebody else"}
    form["id_token"] = ".".join([header, base64url_encode(json.dumps(changed).encode()).decode(), signature])
    assert_refused(client.post("/lti/launch/", form), "signature", log)


@pytest.mark.any_database
@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "ä.ö.ü"])
def test_what_is_no_token_is_refused(client, platform, log, token):
    form = platform.launch_form(start(client, platform), LEARNER) | {"id_token": token}
    assert_refused(client.post("/lti/launch/", form), "message" if token else "answer", log)


def test_launch_is_good_once(client, platform, log):
    form = platform.launch_form(start(client, platform), LEARNER)
    assert client.post("/lti/launch/", form).status_code == 302
    assert_refused(client.post("/lti/launch/", form), "state", log)


def test_launch_of_another_browser_is_refused(client, platform, log):
    form = platform.launch_form(start(Client(), platform), LEARNER)
    assert_refused(client.post("/lti/launch/", form), "state", log)


@pytest.mark.any_database  # Redis has its own clock
def test_state_that_is_too_old_is_refused(client, platform, log, wall_clock):
    form = platform.launch_form(start(client, platform), LEARNER)
    wall_clock.advance(301)
    assert_refused(client.post("/lti/launch/", form), "state", log)


def test_token_of_one_platform_does_not_answer_the_launch_of_another(client, platform, log):
    other = LtiRegistration(
        name="Other", issuer="https://other.example", client_id="x", auth_url="https://other.example/auth"
    )
    save_platform(platform=other, deployment_ids=[], organisation=factories.organisation())
    response = client.get("/lti/login/", {"iss": "https://other.example", "login_hint": "hint"})
    state = dict(part.split("=") for part in response.url.split("?")[1].split("&"))["state"]
    form = platform.launch_form(start(client, platform), LEARNER) | {"state": state}
    # Its nonce is the other launch's, which is checked before the issuer.
    assert_refused(client.post("/lti/launch/", form), "nonce", log)


@pytest.mark.any_database
@pytest.mark.parametrize(
    "parameters",
    [
        {"iss": "https://unknown.example"},
        {"client_id": "unknown"},
        {"client_id": "\0"},
        {"iss": "\0"},
        {"iss": ""},
    ],
)
def test_unknown_platform_is_refused_before_anything_is_asked(client, platform, log, parameters):
    asked = {"iss": platform.issuer, "client_id": CLIENT_ID, "login_hint": "hint"} | parameters
    assert_refused(client.get("/lti/login/", asked), "platform", log)


def test_platform_that_is_turned_off_is_refused(client, platform, log):
    url = start(client, platform)
    LtiRegistration.objects.update(is_active=False)
    response = client.post("/lti/launch/", platform.launch_form(url, LEARNER))
    assert_refused(response, "platform", log)
    assert client.get("/lti/login/", {"iss": platform.issuer, "login_hint": "hint"}).status_code == 403


@pytest.mark.any_database
@pytest.mark.parametrize(
    "body",
    [
        b"no json",
        b"[]",
        b"{}",
        b'{"keys": 3}',
        b'{"keys": [{"kid": "key-1", "alg": "RS256"}]}',
        b'{"keys": [{"kid": "key-1", "alg": "RS256", "kty": "oct", "k": "AAAA"}]}',
        b'{"keys": [{"kid": "key-1", "alg": "RS256", "kty": "RSA", "n": "!", "e": "!"}]}',
        b"[" * 100_000,
    ],
    ids=range(8),
)
def test_keys_that_cannot_be_read_refuse_the_launch(client, platform, log, body):
    platform.answers["/keys"] = (200, body)
    assert_refused(answer(client, platform, LEARNER), "keys", log)


def test_keys_on_a_private_network_are_not_asked_for(client, platform, log, settings):
    form = platform.launch_form(start(client, platform), LEARNER)
    settings.PRIVATE_TARGETS_ALLOWED = False
    assert_refused(client.post("/lti/launch/", form), "keys", log)


def test_platform_that_signs_nobody_in_is_refused(client, platform, log):
    state = platform.launch_form(start(client, platform), LEARNER)["state"]
    response = client.post("/lti/launch/", {"state": state, "error": "login_required"})
    assert_refused(response, "answer", log)


def test_login_initiation_may_be_posted_and_may_lack_the_client_id(client, platform):
    response = client.post("/lti/login/", {"iss": platform.issuer, "login_hint": "hint", "lti_message_hint": "m"})
    assert response.url.startswith(f"{platform.issuer}/auth?")
    assert "lti_message_hint=m" in response.url
    assert "redirect_uri=http%3A%2F%2Ftestserver%2Flti%2Flaunch%2F" in response.url


def test_login_initiation_without_a_hint_is_refused(client, platform, log):
    assert_refused(client.get("/lti/login/", {"iss": platform.issuer}), "message", log)


def test_frame_offers_a_window_on_whichever_host_the_platform_shows_it(client, platform):
    asked = {"iss": platform.issuer, "client_id": CLIENT_ID, "login_hint": "a&b"}
    response = client.get("/lti/login/", asked, headers={"Sec-Fetch-Dest": "iframe"})
    assert response.status_code == 200
    assert 'target="_blank"' in response.text
    assert "login_hint=a%26b" in response.text
    assert "frame-ancestors *;" in response["Content-Security-Policy"] + ";"
    assert "X-Frame-Options" not in response
    launched = client.get("/lti/login/", asked)
    assert launched["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none';" in launched["Content-Security-Policy"] + ";"


@pytest.mark.any_database  # Redis has its own clock
def test_launch_that_nobody_went_on_with_is_over_after_a_while(client, platform, wall_clock):
    answer(client, platform, LEARNER)
    wall_clock.advance(20 * 60 + 1)
    assert client.get("/lti/sign-in/").status_code == 404
    assert nothing_written()


def test_verified_launch_writes_nothing_until_the_person_goes_on(client, platform):
    answer(client, platform, LEARNER)
    response = client.get("/lti/sign-in/")
    assert "School Moodle says that you are Zoë Student zoe@school.example." in response.text
    assert nothing_written()


def test_site_asks_for_no_grades(client, platform):
    launch(client, platform, LEARNER)
    assert signed_in_as(client) == "zoe@school.example"
    assert platform.token_requests == []
    assert "ags" not in json.dumps(list(LtiContext.objects.values())).lower()
