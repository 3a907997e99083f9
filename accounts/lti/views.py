"""The pages of a launch: from the platform to a signed-in person. classroom/views/lti.py opens the course."""

import logging

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import perform_login
from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from lti_tool.models import LtiRegistration
from pylti1p3.contrib.django import DjangoOIDCLogin
from pylti1p3.exception import OIDCException

from accounts.lti.keys import public_keys
from accounts.lti.pending import Launch, LaunchState, remember_launch, remembered_launch, use_launch
from accounts.lti.people import (
    MayNotBeLinked,
    NoNewAccount,
    create_account,
    link_account,
    may_sign_in,
    taken_addresses,
    unlink_account,
    user_of_launch,
    why_no_new_account,
)
from accounts.lti.platforms import PlatformConfig, find_platform
from accounts.lti.refusals import LaunchRefused, Reason
from accounts.lti.verification import verify_launch
from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.security_log.events import Event, record

logger = logging.getLogger(__name__)
LOGIN_PARAMETERS = ("iss", "login_hint", "target_link_uri", "lti_message_hint", "lti_deployment_id", "client_id")


@require_GET
def jwks(request: HttpRequest) -> HttpResponse:
    return JsonResponse(public_keys())


@csrf_exempt
@require_http_methods(["GET", "POST"])
@rate_limit(action="lti")
def login(request: HttpRequest) -> HttpResponse:
    """Send the browser back to the platform, which then says who the person is. Use a new window, because frames get
    neither our cookies nor the camera."""
    parameters = request.POST if request.method == "POST" else request.GET
    platform = find_platform(parameters.get("iss", ""), parameters.get("client_id", ""))
    if platform is None:
        return refused(request, LaunchRefused(Reason.PLATFORM))
    if request.headers.get("Sec-Fetch-Dest") in ("iframe", "frame"):
        return _new_window(request)
    sign_in = DjangoOIDCLogin(request, PlatformConfig(), session_service=LaunchState())
    sign_in.pass_params_to_launch({"platform": platform.pk})
    try:
        return sign_in.redirect(settings.SITE_URL + reverse("lti_launch"))
    except OIDCException as error:
        return refused(request, LaunchRefused(Reason.MESSAGE, error, platform=platform.pk))


@csrf_exempt
@require_POST
@rate_limit(action="lti")
def launch(request: HttpRequest) -> HttpResponse:
    """Accept the platform's answer. Browsers leave the session cookie out of this request; the next one has it."""
    try:
        verified = verify_launch(request)
    except LaunchRefused as error:
        return refused(request, error)
    response = redirect("lti_sign_in")
    remember_launch(response, verified)
    return response


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign the person of the launch in, or let them choose who they are here. POST signs somebody else out first."""
    pending = remembered_launch(request)
    if pending is None:
        return launch_closed(request)
    user = user_of_launch(pending)
    if user is None:
        return _choose_account(request, pending)
    if not may_sign_in(user, pending.organisation):
        return refused(request, LaunchRefused(Reason.ACCOUNT, platform=pending.platform))
    if request.user == user:
        use_launch(request, pending, user)
        return redirect("lti_open")
    if request.user.is_authenticated:
        if request.method == "GET":
            return render(request, "lti/switch.html", {"person": user, "launch": pending})
        logout(request)  # forgets the launch, which _perform_login remembers again
    return _perform_login(request, pending, user)


@require_POST
def new_account(request: HttpRequest) -> HttpResponse:
    pending = remembered_launch(request)
    if pending is None:
        return launch_closed(request)
    if request.user.is_authenticated or user_of_launch(pending):
        return redirect("lti_sign_in")
    about = {"issuer": pending.issuer, "subject": pending.subject, "name": pending.name, "email": pending.email}
    try:
        user = create_account(organisation=pending.organisation, **about, role=pending.role)
    except NoNewAccount:
        return redirect("lti_sign_in")  # which says why
    return _perform_login(request, pending, user, signup=True)


@require_POST
@login_required
@reauthentication_required(app="allauth.account")
def link(request: SignedInRequest) -> HttpResponse:
    """Let the person of the launch sign in as the user from now on."""
    pending = remembered_launch(request)
    if pending is None:
        return launch_closed(request)
    try:
        link_account(launch=pending, user=request.user)
    except MayNotBeLinked:
        return refused(request, LaunchRefused(Reason.ACCOUNT, platform=pending.platform))
    use_launch(request, pending, request.user)
    return redirect("lti_open")


@require_POST
def unlink(request: SignedInRequest, pk: int) -> HttpResponse:
    """Stop a person of a platform from signing in as the user."""
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("socialaccount_connections"))
    if unlink_account(user=request.user, account=pk):
        messages.success(request, _("The learning platform no longer signs you in."))
    return redirect("socialaccount_connections")


def refused(request: HttpRequest, error: LaunchRefused) -> HttpResponse:
    # Quoted, because the sender chooses some of it.
    logger.warning("a launch from platform %s was refused: %.500r", error.platform, str(error))
    record(Event.LTI_LAUNCH_REFUSED, reason=error.reason.value, platform=error.platform)
    return render(request, "lti/refused.html", {"reason": error.text}, status=403)


def launch_closed(request: HttpRequest) -> HttpResponse:
    return render(request, "lti/closed.html", status=404)


def _perform_login(request: HttpRequest, pending: Launch, user: User, *, signup: bool = False) -> HttpResponse:
    """Require the user's second factor, if they have one. The platform vouches for the person, not for the address."""
    use_launch(request, pending, user)
    return perform_login(request, user, email_verification="none", redirect_url=reverse("lti_open"), signup=signup)


def _choose_account(request: HttpRequest, pending: Launch) -> HttpResponse:
    context = {"launch": pending, "platform": LtiRegistration.objects.filter(pk=pending.platform).first()}
    if request.user.is_authenticated:
        if not may_sign_in(request.user, pending.organisation):
            return refused(request, LaunchRefused(Reason.ACCOUNT, platform=pending.platform))
        return render(request, "lti/link.html", context)
    reason = why_no_new_account(role=pending.role, email=pending.email, taken=taken_addresses([pending.email]))
    return render(request, "lti/who.html", context | {"no_account": reason})


@xframe_options_exempt
def _new_window(request: HttpRequest) -> HttpResponse:
    parameters = request.POST if request.method == "POST" else request.GET
    query = urlencode({name: parameters[name] for name in LOGIN_PARAMETERS if name in parameters})
    response = render(request, "lti/new_window.html", {"url": f"{reverse('lti_login')}?{query}"})
    # Canvas and others sign people in on another host than those of their pages, which nothing here knows. The button
    # does no more than a link on any page could.
    response._csp_replace = {"frame-ancestors": ["*"]}  # type: ignore[attr-defined]  # as csp.decorators does
    return response
