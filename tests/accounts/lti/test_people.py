"""A launch finds its person only by issuer and subject, never by an address, and never signs in an administrator."""

import pytest
from django.core import mail
from django.test import Client
from lti_tool.models import LtiDeployment, LtiRegistration

from accounts.models import DEFAULT_ORGANISATION, LtiAccount, LtiPlatform, User
from accounts.sign_in.password_links import make_password_link
from tests import factories
from tests.factories import PASSWORD
from tests.lti_platform import ASSISTANT, STUDENT, TEACHER, person
from tests.lti_visits import INSTRUCTOR, LEARNER, answer, known, launch, signed_in_as

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

ADDRESS = LEARNER["email"]


def accounts() -> list[tuple]:
    return list(LtiAccount.objects.order_by("pk").values_list("subject", "user__email", "began_account"))


@pytest.mark.parametrize(
    ("roles", "role"), [(STUDENT, "student"), (TEACHER, "teacher"), (ASSISTANT, "student"), ([], "student")]
)
def test_new_person_gets_an_account_without_a_password(client, platform, roles, role):
    launch(client, platform, person("new", "Nina New", roles))
    user = User.objects.get()
    assert (user.email, user.name, user.role, user.has_usable_password()) == (
        *("new@school.example", "Nina New", role),
        False,
    )
    assert (signed_in_as(client), accounts()) == (user.email, [("new", user.email, True)])


def test_name_may_come_in_parts(client, platform):
    launch(client, platform, {**LEARNER, "name": None, "given_name": "Zoë", "family_name": "Student"})
    assert User.objects.get(email=ADDRESS).name == "Zoë Student"


def test_known_person_is_signed_in_whatever_their_address_says(client, platform):
    user = known(platform, factories.user(), "zoe")
    other = factories.user()
    launch(client, platform, LEARNER | {"email": other.email})
    assert (signed_in_as(client), User.objects.count()) == (user.email, 2)


def test_same_subject_of_another_issuer_is_somebody_else(client, platform):
    other = factories.user()
    LtiAccount.objects.create(
        user=other, organisation=other.organisation, issuer="https://other.example", subject="zoe"
    )
    launch(client, platform, LEARNER)
    assert signed_in_as(client) == ADDRESS


def test_same_person_of_another_school_s_platform_is_somebody_else(client, platform):
    """Canvas has one issuer for all its schools, and a platform's operator chooses its issuer and subjects."""
    known(platform, factories.user(organisation=factories.organisation()), "zoe")
    launch(client, platform, LEARNER)
    assert signed_in_as(client) == ADDRESS
    assert User.objects.get(email=ADDRESS).organisation_id == DEFAULT_ORGANISATION


def test_account_of_another_school_is_not_linked(client, platform):
    client.force_login(factories.user(organisation=factories.organisation()))
    response = launch(client, platform, LEARNER)
    assert (response.status_code, "You cannot sign in this way" in response.text) == (403, True)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert (client.post("/lti/link/").status_code, accounts()) == (403, [])


@pytest.mark.services
def test_people_and_courses_are_those_of_the_platform_s_school(client, platform, settings):
    settings.TEACHERS_CREATE_COURSES = True
    school = factories.organisation()
    LtiPlatform.objects.update(organisation=school)
    launch(client, platform, INSTRUCTOR)
    client.post("/lti/course/", {"choice": "new"})
    [teacher] = User.objects.all()
    assert (teacher.organisation, teacher.courses_taught.get().organisation) == (school, school)


@pytest.mark.parametrize(
    ("setting", "claims"),
    [("nobody", LEARNER), ("nobody", INSTRUCTOR), ("students", INSTRUCTOR), ("everybody", LEARNER | {"email": None})],
)
def test_new_person_gets_no_account(client, platform, settings, setting, claims):
    settings.LTI_NEW_ACCOUNTS = setting
    response = launch(client, platform, claims)
    assert "/lti/new-account/" not in response.text
    client.post("/lti/new-account/")
    assert (signed_in_as(client), User.objects.count(), accounts()) == (None, 0, [])


@pytest.mark.parametrize("role", ["student", "teacher", "administrator"])
def test_address_of_an_account_signs_nobody_in(client, platform, role):
    User.objects.create_user(ADDRESS, PASSWORD, name="Zoë", role=role)
    response = launch(client, platform, LEARNER)
    assert "There is already an account with this address." in response.text
    client.post("/lti/new-account/")
    assert (signed_in_as(client), accounts()) == (None, [])


def test_owner_of_an_account_links_it_after_they_have_signed_in(client, platform):
    user = User.objects.create_user(ADDRESS, PASSWORD, name="Zoë")
    answer(client, platform, LEARNER)
    response = client.post("/accounts/login/?next=/lti/sign-in/", {"login": ADDRESS, "password": PASSWORD}, follow=True)
    assert f"Here you are signed in as {ADDRESS}." in response.text
    response = client.post("/lti/link/")
    assert response.url.startswith("/accounts/reauthenticate/")
    response = client.post(response.url, {"password": PASSWORD})
    assert (response.url, accounts()) == ("/lti/open/", [("zoe", user.email, False)])
    assert [each.subject for each in mail.outbox] == ["Attune: how you sign in has changed"]
    again = Client()
    launch(again, platform, LEARNER)
    assert signed_in_as(again) == ADDRESS


def test_person_of_a_platform_is_linked_to_one_account(client, platform):
    first, second = factories.user(), factories.user()
    answer(client, platform, LEARNER)
    client.force_login(second)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    known(platform, first, "zoe")
    assert client.post("/lti/link/").status_code == 403
    assert accounts() == [("zoe", first.email, False)]


@pytest.mark.parametrize("fields", [{"role": "administrator"}, {"is_active": False}])
def test_linked_account_that_may_not_sign_in_so_does_not(client, platform, fields):
    user = known(platform, factories.user(), "zoe")
    for name, value in fields.items():
        setattr(user, name, value)
    user.save()
    response = launch(client, platform, LEARNER)
    assert "You cannot sign in this way" in response.text
    assert (response.status_code, signed_in_as(client)) == (403, None)


def test_administrator_who_is_signed_in_links_nobody(client, platform, settings):
    client.force_login(factories.user("administrator"))
    response = launch(client, platform, LEARNER)
    assert response.status_code == 403
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert (client.post("/lti/link/").status_code, accounts()) == (403, [])


def test_second_factor_is_asked_for_after_the_platform(client, platform):
    user = known(platform, factories.user(), "zoe")
    user.authenticator_set.create(type="totp", data={"secret": "never read here"})
    answer(client, platform, LEARNER)
    assert client.get("/lti/sign-in/").url.startswith("/accounts/2fa/authenticate/")
    assert signed_in_as(client) is None


def test_somebody_else_who_is_signed_in_is_asked_first(client, platform):
    user, other = known(platform, factories.user(), "zoe"), factories.user()
    client.force_login(other)
    response = launch(client, platform, LEARNER)
    assert f"This browser is signed in as {other.email}." in response.text
    assert signed_in_as(client) == other.email
    client.post("/lti/sign-in/", follow=True)
    assert signed_in_as(client) == user.email


@pytest.mark.parametrize("is_signed_in", [False, True], ids=["by the launch", "before the launch"])
def test_launch_does_not_sign_in_again_after_the_session(client, platform, is_signed_in):
    user = known(platform, factories.teacher(), "tom")
    if is_signed_in:
        client.force_login(user)
    assert launch(client, platform, INSTRUCTOR).request["PATH_INFO"] == "/lti/course/"
    assert client.get("/lti/sign-in/").url == "/lti/open/"  # the same person continues
    user.set_password("another good long one")  # ends the sessions without a sign-out
    user.save()
    assert (client.get("/lti/sign-in/").status_code, signed_in_as(client)) == (404, None)


@pytest.mark.services
def test_launch_by_which_an_account_was_linked_does_not_sign_in_again(client, platform):
    answer(client, platform, LEARNER)
    user = factories.user()
    client.force_login(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.post("/lti/link/").url == "/lti/open/"
    client.session.flush()
    assert (client.get("/lti/sign-in/").status_code, signed_in_as(client)) == (404, None)


@pytest.mark.parametrize("path", ["/accounts/logout/", "/accounts/sign-out-everywhere/"])
def test_unused_launch_is_forgotten_at_sign_out(client, platform, path):
    known(platform, factories.user(), "zoe")
    client.force_login(factories.user())
    assert "Somebody else is signed in" in launch(client, platform, LEARNER).text
    client.post(path)
    assert signed_in_as(client) is None
    assert (client.get("/lti/sign-in/").status_code, signed_in_as(client)) == (404, None)


def test_address_that_must_be_confirmed_does_not_stop_a_launch(client, platform, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    launch(client, platform, LEARNER)
    assert signed_in_as(client) == ADDRESS


def test_owner_of_the_address_who_sets_a_password_ends_earlier_launches_with_it(client, platform):
    launch(client, platform, LEARNER)
    owner, user = Client(), User.objects.get()
    page = owner.get(make_password_link(user), follow=True).redirect_chain[-1][0]
    owner.post(page, {"password1": "another good long one", "password2": "another good long one"})
    user.refresh_from_db()
    assert (user.has_usable_password(), accounts()) == (True, [])
    again = Client()
    assert "There is already an account with this address." in launch(again, platform, LEARNER).text
    assert signed_in_as(again) is None


def test_link_made_by_the_owner_stays_when_they_set_a_password(client, platform):
    user = known(platform, factories.user(), "zoe")
    page = client.get(make_password_link(user), follow=True).redirect_chain[-1][0]
    client.post(page, {"password1": "another good long one", "password2": "another good long one"})
    assert accounts() == [("zoe", user.email, False)]


@pytest.mark.parametrize("path", ["/lti/sign-in/", "/lti/new-account/", "/lti/link/"])
def test_pages_of_a_launch_open_nothing_without_one(client, platform, path):
    client.force_login(factories.user())
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.post(path).status_code == 404


@pytest.mark.parametrize(
    "stop",
    [
        lambda: LtiRegistration.objects.update(is_active=False),
        lambda: LtiDeployment.objects.update(is_active=False),
        lambda: LtiRegistration.objects.get().delete(),
    ],
    ids=["platform", "deployment", "deleted"],
)
def test_launch_ends_with_its_platform(client, platform, settings, stop):
    settings.TEACHERS_CREATE_COURSES = True
    launch(client, platform, INSTRUCTOR)
    visitor = Client()
    answer(visitor, platform, LEARNER)
    stop()
    assert client.post("/lti/course/", {"choice": "new"}).status_code == 404
    assert visitor.get("/lti/sign-in/").status_code == 404
    assert visitor.post("/lti/new-account/").status_code == 404
    assert not User.objects.filter(email=ADDRESS).exists()


@pytest.mark.services
def test_person_unlinks_what_is_theirs_alone(client, platform):
    user, other = known(platform, factories.user(), "zoe"), known(platform, factories.user(), "ben")
    client.force_login(user)
    assert platform.issuer in client.get("/accounts/3rdparty/").text
    assert "/accounts/3rdparty/" in client.get("/accounts/").text
    for account in LtiAccount.objects.order_by("pk"):
        client.post(f"/lti/accounts/{account.pk}/unlink/")
    assert accounts() == [("ben", other.email, False)]
    assert "You have not linked any account." in client.get("/accounts/3rdparty/").text
