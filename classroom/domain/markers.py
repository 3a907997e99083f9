"""Times in a session that its teachers named. They may be added and changed while it runs and afterwards."""

from datetime import datetime
from typing import TypedDict

from django.utils.translation import gettext as _

from accounts.models import User
from classroom.infra import events
from classroom.models import ClassSession, Marker

# Each change sends all markers of a running class to every open dashboard.
MAX_MARKERS = 500


class TooManyMarkers(Exception):
    """The session has MAX_MARKERS. The text is for the person who wanted to add another."""

    def __str__(self) -> str:
        return _("A class has at most %(most)s markers. Remove one first.") % {"most": MAX_MARKERS}


class MarkerRow(TypedDict):
    """A marker on a timeline; `at` in seconds since 1970, `author` a name, None once the account is deleted."""

    id: int
    at: float
    text: str
    author: str | None


def markers_for(*, session: ClassSession) -> list[MarkerRow]:
    """Return the session's markers, oldest first. One query."""
    return [marker_row(marker) for marker in session.markers.select_related("author")]


def add_marker(*, session: ClassSession, author: User, text: str, at: datetime) -> Marker:
    """Mark a time of the session; a time outside it becomes its start or end.

    Raises TooManyMarkers.
    """
    if session.markers.count() >= MAX_MARKERS:
        raise TooManyMarkers
    at = max(at, session.started_at)
    if session.ended_at:
        at = min(at, session.ended_at)
    marker = Marker.objects.create(session=session, author=author, text=text, at=at)
    events.publish_markers(session.pk)
    return marker


def rename_marker(*, marker: Marker, text: str) -> None:
    marker.text = text
    marker.save(update_fields=["text"])
    events.publish_markers(marker.session_id)


def remove_marker(*, marker: Marker) -> None:
    session_id = marker.session_id
    marker.delete()
    events.publish_markers(session_id)


def marker_row(marker: Marker) -> MarkerRow:
    """Needs `author` loaded."""
    return {
        "id": marker.pk,
        "at": marker.at.timestamp(),
        "text": marker.text,
        "author": marker.author.name if marker.author else None,
    }
