"""Administrators register learning platforms, change and delete them."""

import pytest
from lti_tool.models import LtiContext, LtiDeployment, LtiRegistration

from accounts.models import DEFAULT_ORGANISATION, LtiAccount, LtiPlatform
from classroom.models import LtiCourse
from tests import factories

pytestmark = pytest.mark.django_db

PATH = "/administration/platforms/"
MOODLE = {
    "name": "School Moodle",
    "issuer": "https://moodle.school.example",
    "client_id": "abc123",
    "auth_url": "https://moodle.school.example/mod/lti/auth.php",
    "token_url": "https://moodle.school.example/mod/lti/token.php",
    "keyset_url": "https://moodle.school.example/mod/lti/certs.php",
    "deployment_ids": "1\n 2 \n\n1",
    "is_active": "on",
}


@pytest.fixture
def administrator(client):
    client.force_login(factories.user("administrator"))
    return client


def deployments() -> list[str]:
    return list(LtiDeployment.objects.order_by("pk").values_list("deployment_id", flat=True))


def linked_course() -> LtiCourse:
    context = LtiContext.objects.create(deployment=LtiDeployment.objects.get(deployment_id="1"), id_on_platform="c")
    return LtiCourse.objects.create(context=context, course=factories.course())


def test_platform_is_registered_with_its_deployments(administrator):
    assert administrator.post(f"{PATH}new/", MOODLE).url == PATH
    platform = LtiRegistration.objects.get()
    assert (platform.name, platform.issuer, platform.is_active) == ("School Moodle", MOODLE["issuer"], True)
    assert deployments() == ["1", "2"]
    assert "School Moodle" in administrator.get(PATH).text


def test_page_has_the_addresses_that_the_platform_needs_and_no_key(administrator):
    administrator.post(f"{PATH}new/", MOODLE)
    page = administrator.get(f"{PATH}{LtiRegistration.objects.get().pk}/").text
    for address in ("login", "launch", "jwks"):
        assert f"http://testserver/lti/{address}/" in page
    assert "KEY-----" not in page


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("token_url", "http://moodle.school.example/token", "The address must begin with https://."),
        ("keyset_url", "https://name@moodle.school.example/keys", "The address must begin with https://."),
        ("deployment_ids", "  \n ", "This field is required."),
        ("deployment_ids", "x" * 256, "These are too many or too long."),
        ("issuer", "", "This field is required."),
    ],
)
def test_platform_with_a_wrong_field_is_not_registered(administrator, field, value, error):
    response = administrator.post(f"{PATH}new/", MOODLE | {field: value})
    assert (response.status_code, error in response.text) == (422, True)
    assert not LtiRegistration.objects.exists()


def test_school_of_a_platform_is_chosen_where_there_are_several(administrator):
    school = factories.organisation("Hill School")
    assert "Hill School" in administrator.get(f"{PATH}new/").text
    administrator.post(f"{PATH}new/", MOODLE | {"organisation": school.pk})
    platform = LtiRegistration.objects.get()
    assert (platform.belonging.organisation, "Hill School" in administrator.get(PATH).text) == (school, True)
    administrator.post(f"{PATH}{platform.pk}/", MOODLE | {"organisation": DEFAULT_ORGANISATION, "name": "Renamed"})
    assert LtiRegistration.objects.get().name == "Renamed"
    assert LtiPlatform.objects.get().organisation == school


def test_platforms_of_several_schools_are_for_superusers(client):
    client.force_login(factories.user("administrator", is_superuser=False))
    assert client.get(PATH).status_code == 200
    factories.organisation()
    assert client.get(PATH).status_code == 404
    assert PATH not in client.get("/administration/").text


def test_same_client_of_an_issuer_is_registered_once(administrator):
    administrator.post(f"{PATH}new/", MOODLE)
    assert administrator.post(f"{PATH}new/", MOODLE).status_code == 422
    assert LtiRegistration.objects.count() == 1


def test_deployment_that_is_removed_loses_its_courses(administrator):
    administrator.post(f"{PATH}new/", MOODLE)
    linked_course()
    path = f"{PATH}{LtiRegistration.objects.get().pk}/"
    administrator.post(path, MOODLE | {"deployment_ids": "2\n3", "is_active": ""})
    assert (deployments(), LtiCourse.objects.exists(), LtiRegistration.objects.get().is_active) == (
        ["2", "3"],
        False,
        False,
    )


def test_deleted_platform_signs_nobody_in_and_accounts_stay(administrator):
    administrator.post(f"{PATH}new/", MOODLE)
    course, user = linked_course().course, factories.user()
    about = {"user": user, "organisation": user.organisation, "subject": "zoe"}
    LtiAccount.objects.create(issuer=MOODLE["issuer"], **about)
    other = LtiAccount.objects.create(issuer="https://other.example", **about)
    elsewhere = factories.user(organisation=factories.organisation())
    theirs = LtiAccount.objects.create(
        user=elsewhere, organisation=elsewhere.organisation, issuer=MOODLE["issuer"], subject="zoe"
    )
    administrator.post(f"{PATH}{LtiRegistration.objects.get().pk}/delete/")
    assert not LtiRegistration.objects.exists()
    assert list(LtiAccount.objects.order_by("pk")) == [other, theirs]
    course.refresh_from_db()
    user.refresh_from_db()
