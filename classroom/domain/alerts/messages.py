"""Why an alert fired: the figures behind it, and the same in plain words."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from classroom.measures import NEGATIVE
from classroom.models import Alert, AlertKind, Reading

# The second most frequent negative expression is named if it has at least this share of the negative ones.
NAMED_FROM = 0.25

_REASONS = {
    AlertKind.STUDENT_NEGATIVE: gettext_lazy(
        "Mostly %(expressions)s for %(seconds)d s (%(matching)d of %(snapshots)d readings)."
    ),
    AlertKind.STUDENT_AWAY: gettext_lazy(
        "Camera on, but mostly no face for %(seconds)d s (%(matching)d of %(snapshots)d readings)."
    ),
    AlertKind.CLASS_NEGATIVE: ngettext_lazy(
        "%(negative)d of %(seen)d readable faces looks mostly sad, angry, fearful or disgusted.",
        "%(negative)d of %(seen)d readable faces look mostly sad, angry, fearful or disgusted.",
        "negative",
    ),
    AlertKind.PRESENCE_LOW: ngettext_lazy(
        "Only %(present)d student is still here (there were %(peak)d).",
        "Only %(present)d students are still here (there were %(peak)d).",
        "present",
    ),
}
# Each completes "Mostly …".
_EXPRESSIONS = {
    "angry": gettext_lazy("angry"),
    "disgust": gettext_lazy("disgusted"),
    "fear": gettext_lazy("fearful"),
    "sad": gettext_lazy("sad"),
}


def negative_figures(readings: Sequence[Reading], seconds: int) -> dict[str, Any]:
    """Return how many readings with a certain expression are negative, and which expressions most of those show."""
    certain = [reading for reading in readings if reading.faces and not reading.uncertain]
    counts = Counter(reading.expression for reading in certain if reading.expression in NEGATIVE)
    total = counts.total()
    named = [name for name, count in counts.most_common(2) if count >= NAMED_FROM * total]
    return {"seconds": seconds, "matching": total, "snapshots": len(certain), "expressions": named}


def away_figures(readings: Sequence[Reading], seconds: int) -> dict[str, Any]:
    without_face = sum(not reading.faces for reading in readings)
    return {"seconds": seconds, "matching": without_face, "snapshots": len(readings)}


def reason(alert: Alert) -> str:
    """Return one sentence without the student's name, in the active language. Its figures are those when it fired."""
    kind, figures = AlertKind(alert.kind), alert.figures
    if kind == AlertKind.STUDENT_NEGATIVE:
        names = [str(_EXPRESSIONS[name]) for name in figures["expressions"]]
        figures = {**figures, "expressions": _(" or ").join(names) or _("negative")}
    if kind == AlertKind.PRESENCE_LOW and not figures["present"]:
        return _("Everyone has left (there were %(peak)d).") % figures
    return _REASONS[kind] % figures
