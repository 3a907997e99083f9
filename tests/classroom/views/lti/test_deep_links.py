"""A teacher's choice for a link on the platform, and the signed answer that takes it there."""

import pytest
from django.test import Client

from tests import factories
from tests.lti_platform import ASSISTANT, CLAIM, STUDENT, person
from tests.lti_visits import INSTRUCTOR, LEARNER, answer, custom, known, launch, path, take_site_keys

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

DEEP_LINK = "https://purl.imsglobal.org/spec/lti-dl/claim/"


def choose(browser: Client, platform, choice: str, **settings) -> tuple:
    """Choose what a link on the platform opens; return the page with the answer, and what the platform reads in it."""
    take_site_keys(platform)
    launch(browser, platform, INSTRUCTOR | platform.deep_link_claims(**settings))
    response = browser.post("/lti/deep-link/", {"choice": choice})
    token = response.context["answer"]
    return response, platform.read(token, platform.issuer)


def test_teacher_chooses_a_course_for_a_link(client, platform):
    course = factories.course(known(platform, factories.teacher(), "tom"), name="Biology")
    _page, sent = choose(client, platform, f"course:{course.pk}", data="opaque")
    assert (sent[f"{CLAIM}message_type"], sent[f"{DEEP_LINK}data"]) == ("LtiDeepLinkingResponse", "opaque")
    assert sent[f"{DEEP_LINK}content_items"] == [
        {
            "type": "ltiResourceLink",
            "title": "Biology",
            "url": "http://testserver/lti/launch/",
            "custom": {"attune_course": str(course.pk)},
            "window": {"targetName": "_blank"},
        }
    ]
    assert path(launch(Client(), platform, LEARNER | custom(course=course.pk))) == f"/courses/{course.pk}/"


@pytest.mark.services
def test_teacher_chooses_a_running_class_for_a_link(client, platform):
    course = factories.course(known(platform, factories.teacher(), "tom"))
    session = factories.session(course)
    _page, sent = choose(client, platform, f"session:{session.pk}")
    [item] = sent[f"{DEEP_LINK}content_items"]
    assert item["custom"] == {"attune_course": str(course.pk), "attune_session": str(session.pk)}
    assert f"{DEEP_LINK}data" not in sent


def test_only_the_page_with_the_answer_has_a_form_that_leads_to_the_platform(client, platform):
    course = factories.course(known(platform, factories.teacher(), "tom"))
    page, _answer = choose(client, platform, f"course:{course.pk}")
    assert f'action="{platform.issuer}/deep-link"' in page.text
    assert f"form-action 'self' {platform.issuer};" in page["Content-Security-Policy"] + ";"
    assert platform.issuer not in client.get("/")["Content-Security-Policy"]
    assert client.get("/lti/deep-link/").status_code == 404


def test_second_course_of_a_context_opens_by_its_link(client, platform):
    teacher = known(platform, factories.teacher(), "tom")
    first, second = factories.course(teacher), factories.course(teacher)
    for course in (first, second):
        choose(client, platform, f"course:{course.pk}")
    assert path(launch(client, platform, INSTRUCTOR)) == f"/courses/{first.pk}/"
    assert path(launch(client, platform, INSTRUCTOR | custom(course=second.pk))) == f"/courses/{second.pk}/"


@pytest.mark.parametrize("roles", [STUDENT, ASSISTANT])
def test_only_teachers_choose(client, platform, roles):
    factories.course(known(platform, factories.teacher(), "zoe"))
    claims = person("zoe", "Zoë", roles) | platform.deep_link_claims()
    assert launch(client, platform, claims).status_code == 404
    assert client.post("/lti/deep-link/", {"choice": "new"}).status_code == 404


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://lms.example;evil/", "https://a@b.example/", "", None, 3]
)
def test_address_for_the_answer_that_is_none_is_refused(client, platform, url):
    known(platform, factories.teacher(), "tom")
    response = answer(client, platform, INSTRUCTOR | platform.deep_link_claims(deep_link_return_url=url))
    assert (response.status_code, "is incomplete" in response.text) == (403, True)
