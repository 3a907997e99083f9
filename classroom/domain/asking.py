"""The staff ask the class how it is going: each student's page asks its standing question until the student answers."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from classroom.domain.markers import TooManyMarkers, add_marker
from classroom.infra import events
from classroom.models import ClassSession

# Two people who ask within this time ask once.
ASK_AGAIN = timedelta(seconds=60)


class NothingToAsk(Exception):
    """The class is over."""


def ask_class(*, session: ClassSession, author: User, now: datetime) -> datetime:
    """Ask everybody in class, and mark the moment in the session unless it has too many markers. Return when the class
    was asked, which is earlier than `now` if that was less than ASK_AGAIN ago.

    Raises NothingToAsk.
    """
    running = ClassSession.objects.running().filter(pk=session.pk)
    if not running.filter(Q(asked_at=None) | Q(asked_at__lte=now - ASK_AGAIN)).update(asked_at=now):
        asked_at = running.values_list("asked_at", flat=True).first()
        if asked_at is None:
            raise NothingToAsk
        return asked_at
    events.publish_asked(session.pk, now.timestamp())
    with suppress(TooManyMarkers):
        add_marker(session=session, author=author, text=_("Asked how the class is going"), at=now)
    return now
