"""Two requests at the same moment that depend on each other: administrators who leave, a link that is opened twice."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from hashlib import sha256
from threading import Event
from typing import Any

import pytest
from django.contrib import admin
from django.db import connections, transaction

from accounts.invitations.lifecycle import InvitationClosed, accept_with_new_account, invite
from accounts.models import Invitation, User
from classroom.admin import PersonAdmin
from classroom.domain.people.changes import deactivate_person
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)
# Anything that does not wait for the other transaction ends long before.
WITHOUT_WAITING_S = 1


def meanwhile(first: Callable[[], Any], second: Callable[[], Any]) -> Future[Any]:
    """Start the second while the first one's transaction is open. Return its outcome."""
    began = Event()

    def run() -> Any:
        began.set()
        try:
            with transaction.atomic():
                return second()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            running = pool.submit(run)
            assert began.wait(60)
            wait([running], timeout=WITHOUT_WAITING_S)
        running.exception(60)
    return running


def test_two_administrators_do_not_close_each_other_s_accounts(rf):
    one, other = factories.user("administrator"), factories.user("administrator")
    request = rf.post("/admin/")
    request.user = other

    def deactivate_in_admin() -> dict[str, Any]:
        form_class = PersonAdmin(User, admin.site).get_form(request, one, change=True)
        form = form_class({"email": one.email, "name": one.name, "role": "administrator"}, instance=one)
        if form.is_valid():
            form.save()
        return form.errors

    refusal = meanwhile(lambda: deactivate_person(user=User.objects.get(pk=other.pk), by=one), deactivate_in_admin)
    assert list(refusal.result()) == ["is_active"]
    assert User.objects.get(role="administrator", is_active=True) == one


def test_link_of_an_invitation_that_is_opened_twice_makes_one_account():
    invitation = invite(email="zoe@school.example", role="student", language="en", invited_by=None, now=NOW)
    Invitation.objects.update(token_hash=sha256(b"twice").hexdigest())

    def accept() -> User:
        return accept_with_new_account(token="twice", name="Zoë", password="quiet-river-41", now=NOW)

    assert type(meanwhile(accept, accept).exception()) is InvitationClosed
    invitation.refresh_from_db()
    assert invitation.accepted_by == User.objects.get()
