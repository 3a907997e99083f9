from collections.abc import Callable

from django.http import HttpRequest

from accounts.time_zones import zone_of


def time_zone(request: HttpRequest) -> dict[str, Callable[[], str]]:
    """The name of the zone in which the page shows times. Only templates that use it load the user."""
    return {"time_zone": lambda: str(zone_of(getattr(request, "user", None)))}
