"""Each user's time zone: their own choice, otherwise the school's, which is settings.TIME_ZONE."""

from contextlib import suppress
from datetime import tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

UTC_ALIASES = {"Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu", "UCT", "Universal", "Zulu"}


def zone_of(user: object) -> tzinfo:
    """Return the time zone of a user; anonymous visitors have the school's."""
    name = getattr(user, "time_zone", "")
    # The chosen name may since have disappeared from the server's list of zones.
    with suppress(ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(name) if name else timezone.get_default_timezone()
    return timezone.get_default_timezone()


@cache
def time_zone_names() -> frozenset[str]:
    """Place names and UTC, without fixed offsets and the names of the server's own files."""
    places = {name for name in available_timezones() if "/" in name and not name.startswith("Etc/")}
    return frozenset(places | {"UTC"})


def time_zone_label(name: str) -> str:
    """The name as people write it. A server's own zone is often Etc/UTC."""
    return "UTC" if name in UTC_ALIASES else name.replace("_", " ")


def time_zone_choices() -> list[tuple[str, str]]:
    school = _("The school’s (%(zone)s)") % {"zone": time_zone_label(settings.TIME_ZONE)}
    return [("", school), *((name, time_zone_label(name)) for name in sorted(time_zone_names()))]


def validate_time_zone(name: str) -> None:
    if name not in time_zone_names():
        raise ValidationError(_("There is no such time zone. Use a name such as Asia/Kolkata."))
