from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest


@require_POST
def end_browser(request: SignedInRequest, pk: int) -> HttpResponse:
    """Sign out another browser of the user. The current one has its own page for that."""
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("usersessions_list"))
    browser = get_object_or_404(UserSession, pk=pk, user=request.user)
    if browser.is_current():
        return redirect("account_logout")
    end_sessions(request, [browser])
    messages.success(request, _("That browser is signed out."))
    return redirect("usersessions_list")
