import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.core.context import request_context
from django.core import mail
from django.utils import timezone

from accounts.invitations.lifecycle import AddressHasAccount, invite, send_invitation, withdraw_invitation
from accounts.models import Invitation, Organisation, SecurityEvent, User
from accounts.organisations.changes import change_looks
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = "zoe@school.example"
CHOSEN = {"name": "Zoë", "password1": "quiet-river-41", "password2": "quiet-river-41"}


@pytest.fixture(autouse=True)
def _within_a_request(rf):
    with request_context(rf.get("/")):
        yield


def invited(*, role: str = "student", language: str = "en", invited_by=None, now=None) -> Invitation:
    return invite(email=ADDRESS, role=role, language=language, invited_by=invited_by, now=now or timezone.now())


def link_of(invitation: Invitation, *, now=None) -> str:
    """Send the invitation and return the path of the link in the mail."""
    assert send_invitation(invitation=invitation, now=now or timezone.now())
    [link] = re.findall(r"http://testserver(\S+)", mail.outbox[-1].body)
    return link


@pytest.mark.parametrize(
    ("role", "sign_up"),
    [("student", "open"), ("teacher", "join_code"), ("student", "invitation"), ("teacher", "invitation")],
)
def test_link_creates_a_confirmed_account_once_and_signs_in(client, settings, role, sign_up):
    settings.SIGN_UP = sign_up
    link = link_of(invited(role=role))
    assert client.get(link).status_code == 200
    assert client.post(link, CHOSEN).url == "/"
    user = User.objects.get(email=ADDRESS)
    assert (user.name, user.role, user.check_password("quiet-river-41")) == ("Zoë", role, True)
    assert EmailAddress.objects.get(user=user).verified
    assert client.session["_auth_user_id"] == str(user.pk)
    client.logout()
    assert client.get(link).status_code == 404
    assert client.post(link, CHOSEN).status_code == 404


def test_mail_and_page_name_the_school_that_invites(client):
    factories.organisation("Valley School")
    hill = factories.organisation("Hill School")
    change_looks(organisation=hill, name=hill.name, colour="", png=b"a picture", without_logo=False)
    link = link_of(invited(invited_by=factories.user("administrator", "Asha Rao", organisation=hill)))
    [sent] = mail.outbox
    assert sent.subject == "Hill School: you are invited to Attune"
    assert sent.body.startswith(f"Asha Rao (Hill School) invites {ADDRESS} to Attune as a student;")
    page = client.get(link).text
    shown = ("Hill School", f"/schools/logo/{Organisation.objects.get(pk=hill.pk).logo_key}", "Valley School")
    assert [part in page for part in shown] == [True, True, False]
    own = factories.user(organisation=hill)
    User.objects.filter(pk=own.pk).update(email=ADDRESS)
    assert "Hill School" in client.get(link).text
    # Signed-in users see the school once, in the header.
    client.force_login(own)
    assert client.get(link).text.count('data-testid="school"') == 1


def test_stored_hash_is_not_the_token():
    invitation = invited()
    token = link_of(invitation).split("/")[2]
    invitation.refresh_from_db()
    assert len(invitation.token_hash) == 64
    assert token not in invitation.token_hash


@pytest.mark.parametrize("end", ["expired", "withdrawn", "sent again"])
def test_link_that_no_longer_works_says_so_and_creates_nothing(client, end, settings):
    settings.INVITATION_DAYS = 3
    now = timezone.now() - timedelta(days=3) if end == "expired" else timezone.now()
    invitation = invited(now=now)
    link = link_of(invitation, now=now)
    if end == "withdrawn":
        assert withdraw_invitation(invitation=invitation, now=now)
    elif end == "sent again":
        link_of(invitation)
    response = client.post(link, CHOSEN)
    assert response.status_code == 404
    assert "This invitation does not work" in response.text
    assert not User.objects.exists()


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("chosen", "fault"),
    [
        ({"password2": "another-river-41"}, "The two passwords are not the same."),
        ({"password1": "river-412", "password2": "river-412"}, "This password is too short."),
        ({"name": "Wexlyqur", "password1": "wexlyqur12", "password2": "wexlyqur12"}, "easy to guess"),
        ({"name": "\u200b"}, "no visible character"),
    ],
)
def test_bad_choice_is_explained_and_the_link_still_works(client, chosen, fault):
    link = link_of(invited())
    response = client.post(link, CHOSEN | chosen)
    assert (response.status_code, fault in response.text) == (422, True)
    assert client.post(link, CHOSEN).status_code == 302


def test_account_made_meanwhile_accepts_after_signing_in(client):
    link = link_of(invited())
    user = factories.user()
    User.objects.filter(pk=user.pk).update(email=ADDRESS)
    assert f"/accounts/login/?next={link}" in client.get(link).text
    assert client.post(link, CHOSEN).status_code == 200
    user.refresh_from_db()
    client.force_login(user)
    assert client.post(link).url == "/"
    assert Invitation.objects.get().accepted_at is not None


@pytest.mark.parametrize("invited_as", ["student", "teacher"])
def test_account_made_meanwhile_gets_the_invited_role_when_it_accepts(
    client, invited_as, django_capture_on_commit_callbacks
):
    link = link_of(invited(role=invited_as))
    user = factories.user()
    User.objects.filter(pk=user.pk).update(email=ADDRESS)
    client.force_login(user)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(link)
    user.refresh_from_db()
    assert user.role == invited_as
    changes = SecurityEvent.objects.filter(event="role_changed", subject=user.pk).values_list("details", flat=True)
    assert list(changes) == ([{"old": "student", "new": "teacher"}] if invited_as == "teacher" else [])


def test_somebody_else_who_is_signed_in_cannot_accept(client):
    link = link_of(invited())
    client.force_login(factories.user())
    assert client.post(link, CHOSEN).status_code == 403
    assert Invitation.objects.get().accepted_at is None


def test_inviting_again_keeps_one_invitation_with_the_new_role():
    first = invited()
    again = invited(role="teacher")
    assert (again.pk, Invitation.objects.get().role) == (first.pk, "teacher")


def test_address_with_an_account_is_not_invited():
    user = factories.user()
    with pytest.raises(AddressHasAccount) as refusal:
        invite(email=user.email.upper(), role="student", language="en", invited_by=None, now=timezone.now())
    assert (refusal.value.user, Invitation.objects.count()) == (user, 0)


def test_invitation_stays_unsent_if_the_mail_cannot_be_sent(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert not send_invitation(invitation=invited(), now=timezone.now())
    assert Invitation.objects.get().sent_at is None


def test_mail_is_in_the_language_of_the_invitation():
    link_of(invited(language="hi"))
    assert mail.outbox[0].subject == "Attune: आपके लिए निमंत्रण"
