"""Why an alert fired: the figures behind it, and the same in plain words."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from classroom.measures import NEGATIVE
from classroom.models import Alert, AlertKind, Reading

# As part of "has read mostly as …".
_LOOKS = {
    "angry": gettext_lazy("angry"),
    "disgust": gettext_lazy("disgusted"),
    "fear": gettext_lazy("fearful"),
    "sad": gettext_lazy("sad"),
}
# An expression is named beside the most frequent one if it makes up this part of the negative ones.
NAMED_FROM = 0.25


def negative_figures(readings: Sequence[Reading], seconds: int) -> dict[str, Any]:
    """Of the snapshots whose expression could be told, how many read as negative, and as what mostly."""
    told = [reading for reading in readings if reading.faces and not reading.uncertain]
    counts = Counter(reading.expression for reading in told if reading.expression in NEGATIVE)
    total = counts.total()
    named = [name for name, count in counts.most_common(2) if count >= NAMED_FROM * total]
    return {"seconds": seconds, "matching": total, "snapshots": len(told), "expressions": named}


def away_figures(readings: Sequence[Reading], seconds: int) -> dict[str, Any]:
    without = sum(not reading.faces for reading in readings)
    return {"seconds": seconds, "matching": without, "snapshots": len(readings)}


def reason(alert: Alert) -> str:
    """One sentence without the student's name, in the language in force. The figures are of the moment it fired."""
    return _SENTENCES[AlertKind(alert.kind)](alert.figures)


def _student_negative(figures: dict[str, Any]) -> str:
    words = [str(_LOOKS[name]) for name in figures["expressions"]]
    looks = _(" or ").join(words) or _("negative")
    return _("Face has read mostly as %(looks)s for %(seconds)d s (%(matching)d of %(snapshots)d snapshots).") % {
        **figures,
        "looks": looks,
    }


def _student_away(figures: dict[str, Any]) -> str:
    return _("Camera on, but mostly no face for %(seconds)d s (%(matching)d of %(snapshots)d snapshots).") % figures


def _class_negative(figures: dict[str, Any]) -> str:
    return (
        ngettext(
            "%(negative)d of the %(seen)d faces seen reads mostly as sad, angry, fearful or disgusted.",
            "%(negative)d of the %(seen)d faces seen read mostly as sad, angry, fearful or disgusted.",
            figures["negative"],
        )
        % figures
    )


def _presence_low(figures: dict[str, Any]) -> str:
    return (
        ngettext(
            "Only %(present)d student is here; at most there were %(peak)d.",
            "Only %(present)d students are here; at most there were %(peak)d.",
            figures["present"],
        )
        % figures
    )


_SENTENCES = {
    AlertKind.STUDENT_NEGATIVE: _student_negative,
    AlertKind.STUDENT_AWAY: _student_away,
    AlertKind.CLASS_NEGATIVE: _class_negative,
    AlertKind.PRESENCE_LOW: _presence_low,
}
