"""The pages on which users change the address that they sign in with."""

from allauth.account.decorators import reauthentication_required
from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.email.change import AddressTaken, address_in_link, change_address, send_link
from accounts.forms import EmailChangeForm
from accounts.requests import SignedInRequest


@require_http_methods(["GET", "POST"])
@login_required
@rate_limit(action="manage_email")
@reauthentication_required(app="allauth.account")
def change_email(request: SignedInRequest) -> HttpResponse:
    """Change the address: with a link to the new one if mails are sent, otherwise at once."""
    form = EmailChangeForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"]
        if settings.MAIL_IS_SENT:
            send_link(request, user=request.user, address=address)
            text = _("We have sent a link to %(address)s. Your address changes once you open it.")
            messages.info(request, text % {"address": address})
        else:
            _change(request, address, is_confirmed=False)
        return redirect("account_email")
    return render(request, "account/email.html", {"form": form})


@require_http_methods(["GET", "POST"])
@login_required
def confirm_email_change(request: SignedInRequest, token: str) -> HttpResponse:
    """Ask before changing anything: mail programs open links by themselves."""
    address = address_in_link(token, request.user)
    if address and request.method == "POST":
        _change(request, address, is_confirmed=True)
        return redirect("home")  # account_email would ask for the password again
    # The page with which allauth confirms the address of a new account.
    context = {"confirmation": {"email_address": {"email": address}} if address else None, "can_confirm": bool(address)}
    return render(request, "account/email_confirm.html", context)


def _change(request: SignedInRequest, address: str, *, is_confirmed: bool) -> None:
    try:
        change_address(user=request.user, address=address, is_confirmed=is_confirmed)
    except AddressTaken:
        messages.error(request, _("Another account has this address."))
    else:
        messages.success(request, _("Your address is now %(address)s.") % {"address": address})
