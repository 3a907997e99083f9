"""Webhooks: addresses of other software that is notified of classes and alerts."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import form_post
from accounts.requests import SignedInRequest
from classroom.domain.webhooks import management
from classroom.domain.webhooks.messages import send_test
from classroom.forms.webhooks import WebhookForm
from classroom.models import Webhook, WebhookEvent
from classroom.models.webhook import WebhookQuerySet
from classroom.views.administration.access import administrators_only


@require_GET
@administrators_only
def webhook_list(request: SignedInRequest) -> HttpResponse:
    labels = dict(WebhookEvent.choices)
    webhooks = [(each, [labels.get(name, name) for name in each.events]) for each in _webhooks(request)]
    return render(request, "administration/webhooks.html", {"webhooks": webhooks})


@require_http_methods(["GET", "POST"])
@administrators_only
def webhook_new(request: SignedInRequest) -> HttpResponse:
    made = Webhook(organisation_id=request.user.organisation_id)
    form = WebhookForm(request.POST if request.method == "POST" else None, instance=made)
    if request.method == "POST" and form.is_valid():
        management.create_webhook(webhook=form.instance)
        return _page(request, form.instance, shows_secret=True)
    return render(request, "administration/webhook_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@administrators_only
def webhook(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change the webhook, and see its last deliveries."""
    found = get_object_or_404(_webhooks(request), pk=pk)
    if request.method == "GET":
        return _page(request, found)
    form = WebhookForm(request.POST, instance=found)
    if not form.is_valid():
        return _page(request, get_object_or_404(_webhooks(request), pk=pk), form)
    management.change_webhook(webhook=form.instance, changed=form.changed_data)
    messages.success(request, _("Saved."))
    return redirect("administration:webhook", pk)


@form_post("administration:webhook")
@administrators_only
def webhook_test(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_webhooks(request), pk=pk)
    if found.is_active:
        send_test(found, now=timezone.now())
        messages.info(request, _("A test is on its way. Reload this page to see the answer."))
    else:
        messages.error(request, _("The webhook is off. Switch it on first."))
    return redirect("administration:webhook", pk)


@form_post("administration:webhook")
@administrators_only
def webhook_secret(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give the webhook a new secret, and show it once."""
    found = get_object_or_404(_webhooks(request), pk=pk)
    management.change_secret(webhook=found, now=timezone.now())
    return _page(request, found, shows_secret=True)


@form_post("administration:webhook")
@administrators_only
def webhook_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_webhooks(request), pk=pk)
    management.delete_webhook(webhook=found)
    messages.success(request, _("The webhook “%(name)s” was deleted.") % {"name": found})
    return redirect("administration:webhooks")


def _webhooks(request: SignedInRequest) -> WebhookQuerySet:
    return Webhook.objects.in_organisation(request.user.organisation_id)


def _page(
    request: SignedInRequest, found: Webhook, form: WebhookForm | None = None, *, shows_secret: bool = False
) -> HttpResponse:
    context = {
        "webhook": found,
        "form": form or WebhookForm(instance=found),
        "secret": found.secret if shows_secret else "",
        "deliveries": management.last_deliveries(found),
    }
    return render(request, "administration/webhook.html", context, status=422 if form else 200)
