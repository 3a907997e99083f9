"""The migration after which an account has one address."""

from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps

from accounts.models import User
from tests import factories

pytestmark = pytest.mark.django_db

migration = import_module("accounts.migrations.0004_one_address")


def test_only_each_account_s_own_address_stays():
    ada, ben = factories.user(), factories.user()
    for user, email, verified in [
        (ada, ada.email, True),
        (ada, "second@school.example", True),
        (ada, ben.email, False),
        (ben, ben.email, False),
    ]:
        EmailAddress.objects.create(user=user, email=email, verified=verified)
    migration.keep_one_address(apps, None)
    left = EmailAddress.objects.order_by("pk").values_list("user", "email", "verified")
    assert list(left) == [(ada.pk, ada.email, True), (ben.pk, ben.email, False)]


def test_addresses_become_lower_case_unless_two_accounts_differ_in_case_alone():
    ada, ben, other_ben = factories.user(), factories.user(), factories.user()
    for user, email in [(ada, "Ada@school.example"), (ben, "Ben@school.example"), (other_ben, "ben@school.example")]:
        User.objects.filter(pk=user.pk).update(email=email)
    migration.keep_one_address(apps, None)
    emails = User.objects.in_bulk([ada.pk, ben.pk, other_ben.pk])
    assert [emails[user.pk].email for user in (ada, ben, other_ben)] == [
        "ada@school.example",
        "Ben@school.example",
        "ben@school.example",
    ]
