"""The pages on which users see, create and revoke their tokens of the REST API."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.api_tokens.forms import ApiTokenForm
from accounts.api_tokens.lifecycle import MAX_TOKENS, TooManyTokens, create_token, revoke_token, tokens_of
from accounts.requests import SignedInRequest


@login_required
@require_GET
def api_tokens(request: SignedInRequest) -> HttpResponse:
    context = {"tokens": tokens_of(request.user), "now": timezone.now()}
    return render(request, "account/api_tokens.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@reauthentication_required(app="allauth.account")
def api_token_new(request: SignedInRequest) -> HttpResponse:
    """Create a token and show it, on this page only: it is not stored."""
    form = ApiTokenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            token, text = create_token(
                user=request.user,
                name=sent["name"],
                scopes=sent["scopes"],
                lifetime=form.lifetime,
                now=timezone.now(),
            )
        except TooManyTokens:
            form.add_error(None, _("You have %(n)s tokens. Revoke one of them first.") % {"n": MAX_TOKENS})
        else:
            return render(request, "account/api_token_created.html", {"token": token, "text": text})
    return render(request, "account/api_token_new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def api_token_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("api_tokens"))
    token = get_object_or_404(tokens_of(request.user), pk=pk)
    revoke_token(token)
    messages.success(request, _("“%(name)s” is revoked.") % {"name": token.name})
    return redirect("api_tokens")
