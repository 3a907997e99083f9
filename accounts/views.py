from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import i18n
from django.views.decorators.http import require_GET, require_POST

from accounts.consent import consent_in_force, grant_consent, withdraw_consent
from accounts.consent_translation import translated_body
from accounts.decorators import form_post
from accounts.models import Consent, ConsentText, User
from accounts.requests import SignedInRequest
from accounts.sign_ins import end_all_sign_ins


@login_required
@require_GET
def consent(request: SignedInRequest) -> HttpResponse:
    text, upcoming = ConsentText.objects.current(), ConsentText.objects.upcoming()
    history = list(Consent.objects.filter(user=request.user).select_related("text"))
    context: dict[str, Any] = {
        "text": text,
        "translation": translated_body(text),
        "consent": consent_in_force(request.user),
        "history": history,
        "next": _safe_next(request, request.GET.get("next", "")),
        "upcoming": upcoming,
    }
    if upcoming:
        agrees = any(each.text == upcoming and each.withdrawn_at is None for each in history)
        context |= {"upcoming_translation": translated_body(upcoming), "agrees_to_upcoming": agrees}
    return render(request, "accounts/consent.html", context)


@form_post("consent")
def consent_grant(request: SignedInRequest) -> HttpResponse:
    next_url = _safe_next(request, request.POST.get("next", ""))
    version = request.POST.get("version", "")
    if request.POST.get("agree") != "on":
        messages.error(request, _("Tick the box to agree. Otherwise your camera is not used."))
        return _back_to_text(next_url)
    try:
        grant_consent(user=request.user, version=int(version), now=timezone.now())
    except (ConsentText.DoesNotExist, ValueError):
        messages.error(request, _("The text has changed since you opened the page. Please read it again."))
        return _back_to_text(next_url)
    messages.success(request, _("Thank you. You can withdraw your consent at any time."))
    return redirect(next_url or "home")


@form_post("consent")
def consent_withdraw(request: SignedInRequest) -> HttpResponse:
    withdraw_consent(user=request.user, now=timezone.now())
    messages.success(request, _("You have withdrawn your consent. No more snapshots of you are analysed."))
    return _back_to_text(_safe_next(request, request.POST.get("next", "")))


@form_post("account_change_password")
def sign_out_everywhere(request: SignedInRequest) -> HttpResponse:
    end_all_sign_ins(request.user)
    logout(request)
    messages.success(request, _("You are signed out on every device."))
    return redirect("account_login")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Django's language switch, which also stores the choice of a signed-in user."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=language)
    return i18n.set_language(request)


def _back_to_text(next_url: str) -> HttpResponse:
    return redirect(f"{reverse('consent')}?{urlencode({'next': next_url})}" if next_url else "consent")


def _safe_next(request: HttpRequest, url: str) -> str:
    allowed = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if allowed else ""
