"""How the faces of an anonymous class looked in the last published minute, in words."""

from django.utils.translation import gettext as _

from classroom.measures import Counts, negative_count, seen_count

# More than this share of them must look so.
MOST = 0.5


def describe_published(counts: Counts) -> str:
    """Return the beginning of the headline, in the active language."""
    seen, negative = seen_count(counts), negative_count(counts)
    texts = {
        "negative": _("In the last full minute, most faces looked troubled: %(count)d of %(seen)d"),
        "neutral": _("In the last full minute, most faces looked calm: %(count)d of %(seen)d"),
        "happy": _("In the last full minute, most faces looked happy: %(count)d of %(seen)d"),
        "surprise": _("In the last full minute, most faces looked surprised: %(count)d of %(seen)d"),
    }
    for name, count in {**counts, "negative": negative}.items():
        if name in texts and count > MOST * seen:
            return texts[name] % {"count": count, "seen": seen}
    return _("In the last full minute, faces looked mixed: %(count)d of %(seen)d troubled") % {
        "count": negative,
        "seen": seen,
    }
