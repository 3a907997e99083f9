import pytest
from django.core.management import CommandError, call_command

from accounts.models import DEFAULT_ORGANISATION, ConsentText, Organisation, User
from accounts.organisations.creation import create_organisation
from tests import factories

pytestmark = pytest.mark.django_db
COMMAND = ("create_organisation", "Hill School", "--administrator", "head@hill.example")


def test_there_is_one_organisation_without_a_name_to_begin_with():
    assert list(Organisation.objects.values_list("pk", "name")) == [(DEFAULT_ORGANISATION, "")]


def test_new_organisation_has_the_first_consent_text():
    organisation = create_organisation(name="Hill School")
    text = ConsentText.objects.in_organisation(organisation.pk).current()
    first = ConsentText.objects.in_organisation(DEFAULT_ORGANISATION).current()
    assert (text.version, text.body, text.pk != first.pk) == (1, first.body, True)


def test_command_creates_an_administrator_who_is_no_superuser(capsys):
    call_command(*COMMAND, "--administrator-name", "Ada")
    user = User.objects.get(email="head@hill.example")
    assert (user.organisation.name, user.name, user.role) == ("Hill School", "Ada", "administrator")
    assert not user.is_superuser
    assert not user.has_usable_password()
    shown = capsys.readouterr().out
    assert "head@hill.example chooses a password here: http://testserver/accounts/password/reset/key/" in shown
    assert "these see every school: nobody" in shown


def test_command_names_the_superusers(capsys):
    operator = factories.user("administrator")
    call_command(*COMMAND)
    assert f"these see every school: {operator.email}." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "address", "refusal"),
    [
        ("Hill School", "new@hill.example", "Another school is called Hill School"),
        (" ", "new@hill.example", "Name the school"),
        ("Valley School", "HEAD@hill.example", "has an account already"),
        ("Valley School", "head at valley.example", "Enter a valid e-mail address."),
        ("V" * 121, "head@valley.example", "at most 120 characters"),
    ],
)
def test_command_refuses_second_and_invalid_names_and_addresses(name, address, refusal):
    call_command(*COMMAND)
    with pytest.raises(CommandError, match=refusal):
        call_command("create_organisation", name, "--administrator", address)
    assert (Organisation.objects.count(), User.objects.count()) == (2, 1)


def test_command_refuses_a_name_of_the_administrator_that_forms_refuse():
    with pytest.raises(CommandError, match="at most 120 characters"):
        call_command(*COMMAND, "--administrator-name", "A" * 121)
    assert Organisation.objects.count() == 1
