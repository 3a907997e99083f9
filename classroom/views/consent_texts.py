"""Consent texts: each version to read, and the page on which an administrator publishes the next."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.consent_texts.forms import ANOTHER_PUBLISHED, ConsentTextForm, translated_languages
from accounts.consent_texts.translation import translated_body
from accounts.models import ConsentText
from accounts.requests import SignedInRequest
from classroom.domain.consent.consents import students_who_agreed
from classroom.domain.permissions import may_administer


@login_required
@require_GET
def consent_text(request: SignedInRequest, version: int) -> HttpResponse:
    """One version, for those who agreed to it and those who teach under it."""
    text = get_object_or_404(ConsentText.objects.in_organisation(request.user.organisation_id), version=version)
    return render(request, "accounts/consent_text.html", {"text": text, "translation": translated_body(text)})


@require_http_methods(["GET", "POST"])
@login_required
def consent_text_publish(request: SignedInRequest) -> HttpResponse:
    """Write a text, see it as students will, then publish it. Only the last step changes anything."""
    if not may_administer(request.user):
        raise Http404
    school = request.user.organisation_id
    texts = ConsentText.objects.in_organisation(school)
    current, upcoming = texts.current(), texts.upcoming()
    newest, agreed = upcoming or current, students_who_agreed(school)
    form = ConsentTextForm(request.POST or None, initial=_initial(newest), organisation=school)
    context = {"form": form, "current": current, "upcoming": upcoming, "agreed": agreed}
    step = request.POST.get("step")
    if request.method == "POST" and form.is_valid():
        text = form.text()
        if step == "preview":
            context |= {"text": text, "applies_now": form.cleaned_data["applies"] == "now", "previews": _previews(text)}
            return render(request, "accounts/consent_text_preview.html", context)
        if step == "publish":
            try:
                with transaction.atomic():
                    text.save(force_insert=True)
            except IntegrityError:
                form.add_error(None, ANOTHER_PUBLISHED)
            else:
                published = _("Version %(version)s is published.") % {"version": text.version}
                asked = ngettext("%(n)d student is asked again.", "%(n)d students are asked again.", agreed)
                messages.success(request, f"{published} {asked % {'n': agreed}}")
                return redirect("consent_text_publish")
    status = 422 if form.errors else 200
    return render(request, "accounts/consent_text_publish.html", context, status=status)


def _initial(newest: ConsentText) -> dict[str, str | int]:
    initial: dict[str, str | int] = {"replaces": newest.version, "body": newest.body}
    for language in translated_languages():
        with translation.override(language):
            initial[f"body_{language}"] = translated_body(newest) or ""
    return initial


def _previews(text: ConsentText) -> list[dict[str, str | None]]:
    """Return what a student sees in each language."""
    previews: list[dict[str, str | None]] = []
    for language in ("en", *translated_languages()):
        with translation.override(language):
            body = translated_body(text)
        name = get_language_info(language)["name_translated"]
        previews.append({"language": language, "name": name, "translation": body})
    return previews
