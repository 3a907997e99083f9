"""Why an alert fired: the figures behind it, and the same in plain words."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from classroom.measures import NEGATIVE, mean, negative_share
from classroom.models import Alert, AlertKind, Reading

# The second strongest negative expression is named if it has at least this share of what the negative ones have.
NAMED_FROM = 0.25
HALF = 0.5 - 1e-9  # sums of probabilities may miss it by a rounding error

_REASONS = {
    AlertKind.STUDENT_NEGATIVE: gettext_lazy(
        "Looks %(expressions)s in %(matching)d of %(snapshots)d readings over %(seconds)d s."
    ),
    AlertKind.STUDENT_AWAY: gettext_lazy(
        "Camera on, but no face in %(matching)d of %(snapshots)d readings over %(seconds)d s."
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
# Each completes "Looks …".
_EXPRESSIONS = {
    "angry": gettext_lazy("angry"),
    "disgust": gettext_lazy("disgusted"),
    "fear": gettext_lazy("fearful"),
    "sad": gettext_lazy("sad"),
}


def negative_figures(readings: Sequence[Reading], seconds: int) -> dict[str, Any]:
    """Return in how many readings with a certain expression the negative ones together have half of the probability,
    and which of them have most of it. Like the rule, this adds them up: none need be the strongest of all seven."""
    certain = [each.probabilities for each in readings if each.faces and not each.uncertain and each.probabilities]
    means = mean(certain) or dict.fromkeys(NEGATIVE, 0.0)
    named_from = NAMED_FROM * negative_share(means)
    strongest = sorted(NEGATIVE, key=lambda name: -means[name])[:2]
    return {
        "seconds": seconds,
        "matching": sum(negative_share(each) >= HALF for each in certain),
        "snapshots": len(certain),
        "expressions": [name for name in strongest if means[name] > 0 and means[name] >= named_from],
    }


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
