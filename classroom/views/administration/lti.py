from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods
from lti_tool.models import LtiRegistration

from accounts.decorators import form_post
from accounts.lti.platforms import delete_platform, platforms, save_platform
from accounts.models import Organisation
from accounts.requests import SignedInRequest
from classroom.forms.lti import PlatformFilters, PlatformForm
from classroom.views.administration.access import operators_only
from classroom.views.administration.lists import Column, list_page

COLUMNS = [
    Column("name", gettext_lazy("Name"), ("name",)),
    Column("issuer", gettext_lazy("Issuer (platform ID)"), ("issuer",)),
    Column("deployments", gettext_lazy("Deployments"), ("deployment_count",), numeric=True),
    Column("contexts", gettext_lazy("Linked courses"), ("context_count",), numeric=True),
    Column("active", gettext_lazy("Launches are accepted"), ("is_active",)),
]
# The values that the platform's administrator enters there.
TOOL_ADDRESSES = [
    ("lti_login", gettext_lazy("Initiate login URL")),
    ("lti_launch", gettext_lazy("Redirect URI, tool URL and deep linking URL")),
    ("lti_jwks", gettext_lazy("Public keyset URL")),
]


@require_GET
@operators_only
def platform_list(request: SignedInRequest) -> HttpResponse:
    found = list_page(request, PlatformFilters(request.GET, platforms()), COLUMNS)
    context = {"list": found, "several_schools": Organisation.objects.count() > 1}
    return render(request, "administration/platforms.html", context)


@require_http_methods(["GET", "POST"])
@operators_only
def platform_new(request: SignedInRequest) -> HttpResponse:
    return _edit(request, LtiRegistration())


@require_http_methods(["GET", "POST"])
@operators_only
def platform_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(platforms(), pk=pk))


@form_post("administration:platform")
@operators_only
def platform_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    platform = get_object_or_404(platforms(), pk=pk)
    delete_platform(platform=platform)
    messages.success(request, _("“%(platform)s” was deleted. Accounts and members stay.") % {"platform": platform})
    return redirect("administration:platforms")


def _edit(request: SignedInRequest, platform: LtiRegistration) -> HttpResponse:
    name = platform.name  # the form changes the platform even if it is invalid
    posted = request.POST if request.method == "POST" else None
    form = PlatformForm(posted, instance=platform, initial={"organisation": request.user.organisation})
    if request.method == "POST" and form.is_valid():
        deployment_ids = form.cleaned_data["deployment_ids"]
        save_platform(platform=form.instance, deployment_ids=deployment_ids, organisation=form.school)
        messages.success(request, _("“%(platform)s” was saved.") % {"platform": form.instance})
        return redirect("administration:platforms")
    addresses = [(label, settings.SITE_URL + reverse(url)) for url, label in TOOL_ADDRESSES]
    context = {"platform": platform, "name": name, "form": form, "addresses": addresses}
    return render(request, "administration/platform.html", context, status=422 if form.errors else 200)
