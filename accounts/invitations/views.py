"""The page behind the link of an invitation."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.invitations.forms import InvitationForm
from accounts.invitations.lifecycle import (
    AddressHasAccount,
    InvitationClosed,
    accept_with_new_account,
    accept_with_own_account,
    invitation_with_token,
)
from accounts.models import Invitation, User


@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Let the holder of the link create their account, or accept with one they have created since."""
    try:
        found = invitation_with_token(token, now=timezone.now())
        if request.user.is_authenticated:
            return _signed_in(request, found, token)
        if User.objects.with_address(found.email):
            context = {"email": found.email, "school_of_visitor": found.organisation}
            return render(request, "account/invitation_for_account.html", context)
        return _visitor(request, found, token)
    except InvitationClosed:
        return render(request, "account/invitation_closed.html", status=404)
    except AddressHasAccount:  # another request with the link was faster
        return redirect(request.path)


def _visitor(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    form = InvitationForm(request.POST or None, email=found.email)
    if request.method == "POST" and form.is_valid():
        name, password = form.cleaned_data["name"], form.cleaned_data["password1"]
        user = accept_with_new_account(token=token, name=name, password=password, now=timezone.now())
        # The link that came by mail has confirmed the address.
        return perform_login(request, user, email_verification="none", signup=True)
    context = {"form": form, "invitation": found, "school_of_visitor": found.organisation}
    return render(request, "account/invitation.html", context, status=422 if form.errors else 200)


def _signed_in(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)  # noqa: S101  # for the type checker
    if user.email != found.email:
        return render(request, "account/invitation_for_other.html", {"email": found.email}, status=403)
    if user.organisation_id != found.organisation_id:
        raise InvitationClosed
    if request.method != "POST":
        return render(request, "account/invitation_accept.html", {"invitation": found})
    accept_with_own_account(token=token, user=user, now=timezone.now())
    messages.success(request, _("You have accepted the invitation."))
    return redirect("home")
