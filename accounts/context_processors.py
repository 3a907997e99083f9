from collections.abc import Callable

from django.http import HttpRequest

from accounts.time_zones import time_zone_label, zone_of


def time_zone(request: HttpRequest) -> dict[str, Callable[[], str]]:
    """The zone in which the page shows times, as scripts and as people name it. Only templates that use it load the
    user."""

    def name() -> str:
        return str(zone_of(getattr(request, "user", None)))

    return {"time_zone": name, "time_zone_label": lambda: time_zone_label(name())}
