"""The registry knows every field of every model, and erasing leaves only what it says."""

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db.models import CASCADE, DO_NOTHING, SET_NULL
from django.test import Client

from accounts.models import Invitation, LtiAccount, SecurityEvent, User
from classroom.domain.history.rollups import roll_up
from classroom.domain.personal_data.declarations import Declaration, Erased
from classroom.domain.personal_data.registry import REGISTRY, erase_account, erase_section, sections
from classroom.models import JoinRequest, Marker, Removal
from tests import factories
from tests.classroom.views.account_people import student_with_data
from tests.factories import NOW
from tests.server import ROOT

MODELS = {model._meta.label: model for model in apps.get_models()}
STAYS_UNDER_A_NUMBER = {"account_events"}
ON_DELETE = {
    Erased.BY_STUDENT: CASCADE,
    Erased.WITH_ACCOUNT: CASCADE,
    Erased.UNLINKED: SET_NULL,
    Erased.NUMBERED: DO_NOTHING,
}


def declared_fields(declaration: Declaration) -> set[str]:
    people = {path.partition("__")[0] for data in declaration.data for path in data.person} - {"pk"}
    fields = {field for data in declaration.data for field in data.fields}
    return {*people, *fields, *declaration.impersonal} & stored_fields(declaration.model)


def stored_fields(model) -> set[str]:
    return {field.name for field in [*model._meta.fields, *model._meta.many_to_many]}


def test_every_model_of_an_installed_app_is_declared_once():
    assert sorted(each.label for each in REGISTRY) == sorted(MODELS)


@pytest.mark.parametrize("declaration", REGISTRY, ids=lambda each: each.label)
def test_every_field_concerns_a_person_or_nobody(declaration):
    number = declaration.model._meta.auto_field
    undeclared = stored_fields(declaration.model) - declared_fields(declaration) - {number.name if number else ""}
    personal = {field for data in declaration.data for field in data.fields}
    named = personal | set(declaration.impersonal)
    assert (undeclared, named - stored_fields(declaration.model)) == (set(), set())
    assert personal & set(declaration.impersonal) == set()


@pytest.mark.parametrize("declaration", REGISTRY, ids=lambda each: each.label)
def test_every_reference_to_a_user_is_personal(declaration):
    of_users = {
        field.name
        for field in [*declaration.model._meta.fields, *declaration.model._meta.many_to_many]
        if field.related_model is User
    }
    assert of_users & set(declaration.impersonal) == set()


@pytest.mark.parametrize(
    ("declaration", "data"),
    [(each, data) for each in REGISTRY for data in each.data],
    ids=lambda each: getattr(each, "label", "") or getattr(each, "section", ""),
)
def test_data_is_in_the_download_or_says_why_not(declaration, data):
    assert bool(data.section) != bool(data.withheld)
    for path in data.person:
        field = declaration.model._meta.get_field("id" if path == "pk" else path.partition("__")[0])
        if field.many_to_one and field.related_model is User:
            assert field.remote_field.on_delete is ON_DELETE[data.erased]


@pytest.mark.django_db
def test_erasing_an_account_leaves_what_stays_under_a_number():
    user = person_with_everything()
    other = User.objects.get(name="Ben Classmate")
    names = [section.name for section in sections()]
    assert [name for name, section in zip(names, sections(), strict=True) if not section.rows(user).exists()] == []
    before = {section.name: section.rows(other).count() for section in sections()}
    user.courses_taught.get().teachers.add(factories.teacher())
    Client().force_login(user)
    number = user.pk
    erase_account(user, now=NOW)
    gone = User(pk=number)
    assert {each.name for each in sections() if each.rows(gone).exists()} == STAYS_UNDER_A_NUMBER
    assert {section.name: section.rows(other).count() for section in sections()} == before
    assert not apps.get_model("sessions.Session").objects.exists()
    assert not LogEntry.objects.filter(object_repr__contains="Ada").exists()
    assert Marker.objects.get().author is None


@pytest.mark.django_db
def test_erasing_readings_leaves_all_but_what_comes_from_the_face():
    user = person_with_everything()
    held = {section.name: section.rows(user).count() for section in sections()}
    assert erase_section("readings", user=user, now=NOW) == 2
    left = {section.name: section.rows(user).count() for section in sections()}
    assert {name for name in held if left[name] != held[name]} == {"readings", "minutes", "alerts_about_me"}
    assert (left["readings"], left["minutes"], left["alerts_about_me"]) == (0, 0, 0)
    assert erase_section("answers", user=user, now=NOW) == 2
    assert [each.name for each in sections() if each.name in ("answers", "hands") and each.rows(user).exists()] == []


def test_what_goes_with_the_account_alone_is_not_erased_before():
    with pytest.raises(ValueError, match="consents goes with the account only"):
        erase_section("consents", user=User(pk=1), now=NOW)


def test_documents_have_the_table_that_the_command_prints():
    printed = StringIO()
    call_command("personal_data_table", stdout=printed)
    assert printed.getvalue() in (ROOT / "docs" / "privacy.md").read_text()


def person_with_everything() -> User:
    """A student with a row of every kind, some of which a teacher or an administrator would normally have."""
    session = factories.session(ended_at=NOW.replace(hour=11))
    user = student_with_data(session)
    roll_up(session=session, now=NOW.replace(hour=11))
    course = factories.course()
    JoinRequest.objects.create(course=course, student=user, requested_at=NOW)
    Removal.objects.create(course=course, student=user, removed_at=NOW, join_code="")
    factories.past_enrolment(course, user, joined_at=NOW, left_at=NOW)
    factories.course(user, camera_confirmed_by=user, camera_confirmed_at=NOW)
    factories.course().assistants.add(user)
    factories.course().assistant_invitations.create(email=user.email, invitee=user, invited_at=NOW)
    dates = {"invited_at": NOW, "expires_at": NOW}
    accepted = Invitation.objects.create(email=user.email, token_hash="1", accepted_at=NOW, accepted_by=user, **dates)
    accepted.courses.create(course=course)
    Invitation.objects.create(email="new@example.org", token_hash="2", invited_by=user, **dates)
    Marker.objects.create(session=session, author=user, at=NOW, text="Exercise")
    session.alerts.create(kind="presence_low", pending_at=NOW, fired_at=NOW, acknowledged_by=user)
    factories.guardian_consent(user, recorded_by=user)
    EmailAddress.objects.create(user=user, email=user.email)
    Authenticator.objects.create(user=user, type="totp", data={"secret": "encrypted"})
    SocialAccount.objects.create(user=user, provider="school", uid="person-1", extra_data={"email": user.email})
    LtiAccount.objects.create(
        user=user, organisation=user.organisation, issuer="https://lms.example", subject="person-1"
    )
    UserSession.objects.create(user=user, ip="198.51.100.7", session_key="key", user_agent="Firefox")
    factories.api_token(user)
    SecurityEvent.objects.create(at=NOW, event="sign_in", actor=user, subject=user)
    about = {"content_type": ContentType.objects.get_for_model(User), "object_id": user.pk, "object_repr": user.name}
    LogEntry.objects.create(user=user, action_flag=ADDITION, **about)
    LogEntry.objects.create(user=factories.user("administrator"), action_flag=ADDITION, **about)
    return user
