from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.models import Organisation
from accounts.openid_connect.pages import configured_providers
from accounts.organisations.shown import organisation_of, organisation_of_visitor
from accounts.second_factors.requirement import lacks_required_second_factor
from accounts.time_zones import time_zone_label, zone_of


def time_zone(request: HttpRequest) -> dict[str, Callable[[], str]]:
    """The page's time zone, as scripts and as people name it. Only templates that use it load the user."""

    def name() -> str:
        return str(zone_of(getattr(request, "user", None)))

    return {"time_zone": name, "time_zone_label": lambda: time_zone_label(name())}


def school(request: HttpRequest) -> dict[str, Callable[[], Organisation | None]]:
    """The organisation in the header or, for visitors, above the form. Only templates that use it ask."""
    user = getattr(request, "user", None)
    return {
        "school": lambda: organisation_of(user),
        "school_of_visitor": lambda: None if organisation_of(user) else organisation_of_visitor(request),
    }


def sign_in(request: HttpRequest) -> dict[str, Any]:
    """Adds the ways to sign up and sign in, and whether the user must add a second factor first."""
    user = getattr(request, "user", None)
    return {
        "sign_up": settings.SIGN_UP,
        "sign_in_providers": configured_providers(),
        "must_add_second_factor": lambda: lacks_required_second_factor(user),
    }
