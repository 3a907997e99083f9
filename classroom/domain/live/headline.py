"""The class in one headline: how most faces look, which look troubled and since when, and what students report.

An expression is not an emotion: the words describe how faces look, and how many of how many.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from accounts.names import sort_key
from classroom.domain.live.mood_trend import (
    ALL_GOOD,
    CALM,
    CALM_OR_HAPPY,
    HAPPY,
    MIXED,
    SURPRISED,
    TROUBLED,
    MoodTrend,
)
from classroom.domain.live.published_mood import describe_published
from classroom.domain.live.responses import ClassResponses
from classroom.measures import Counts

# A headline stays for this long, unless its topic changes.
STAYS_S = 4.0
# At most this many troubled students are named.
NAMED = 2
PROBLEMS = ("lost", "too_fast", "too_slow")

_OPENINGS = {
    "nobody_enrolled": gettext_lazy("Nobody is enrolled yet"),
    "nobody_joined": gettext_lazy("Nobody has joined yet"),
    "everyone_left": ngettext_lazy(
        "Everyone has left (there was %(departed)d)", "Everyone has left (there were %(departed)d)", "departed"
    ),
    "answers": ngettext_lazy(
        "The only student present has not answered recently",
        "None of the %(present)d students present has answered recently",
        "present",
    ),
    "no_camera": ngettext_lazy(
        "No camera is on (%(present)d student)", "No camera is on (%(present)d students)", "present"
    ),
    "no_face": gettext_lazy("No face is readable (0 of %(present)d)"),
    "too_early": gettext_lazy("Too few readings yet to say how faces look"),
    "unpublished": gettext_lazy("Expressions appear once five students are readable for a whole minute"),
    "too_few": gettext_lazy("Too few faces are readable (%(seen)d of %(present)d)"),
}
_ONLY_FACE = {
    CALM: gettext_lazy("The only readable face looks calm"),
    HAPPY: gettext_lazy("The only readable face looks happy"),
    SURPRISED: gettext_lazy("The only readable face looks surprised"),
    TROUBLED: gettext_lazy("The only readable face has looked troubled since %(since)s"),
    ALL_GOOD: gettext_lazy("The only readable face belongs to a student who says all is good"),
}
_MOST_FACES = {
    CALM: gettext_lazy("Most faces look calm"),
    HAPPY: gettext_lazy("Most faces look happy"),
    SURPRISED: gettext_lazy("Most faces look surprised"),
    CALM_OR_HAPPY: gettext_lazy("Most faces look calm or happy"),
    TROUBLED: gettext_lazy("Most faces look troubled: %(count)d of %(seen)d, since %(since)s"),
    ALL_GOOD: gettext_lazy("Most readable faces belong to students who say all is good"),
    MIXED: gettext_lazy("Faces look mixed"),
}
_ANSWERS = {
    "lost": ngettext_lazy("%(who)s says “lost”", "%(who)s say they are lost", "count"),
    "too_fast": ngettext_lazy("%(who)s says it is too fast", "%(who)s say it is too fast", "count"),
    "too_slow": ngettext_lazy("%(who)s says it is too slow", "%(who)s say it is too slow", "count"),
    "all_good": ngettext_lazy("%(who)s says all is good", "%(who)s say all is good", "count"),
}


class Headline(TypedDict):
    """`text` may hold "{since}" once, for the time `since` (seconds since 1970) on the reader's clock."""

    text: str
    since: float | None


@dataclass(frozen=True)
class HeadlineInput:
    """The state that the headline describes. Cameras run for `on_camera` of the `present` students; the `departed` have
    left or lost their connection."""

    mood_trend: MoodTrend
    responses: ClassResponses
    names: Mapping[int, str]
    present: int
    departed: int
    enrolled: int
    on_camera: int
    reads_faces: bool
    is_saved: bool = True
    is_anonymous: bool = False
    # The counts of an anonymous class, if they are published.
    published: Counts | None = None

    @property
    def topic(self) -> str:
        if not self.enrolled:
            return "nobody_enrolled"
        if not self.present:
            return "everyone_left" if self.departed else "nobody_joined"
        if not self.reads_faces:
            return "answers"
        if self.is_anonymous:
            return "published" if self.published else "unpublished"
        if not self.on_camera:
            return "no_camera"
        if self.mood_trend.is_covered:
            return "faces"
        if self.mood_trend.unknown:
            return "too_early"
        return "too_few" if self.mood_trend.seen else "no_face"


@dataclass
class HeadlineKeeper:
    """Holds the headline, so that it does not change faster than people can read it."""

    headline: Headline | None = None
    changed_at: float = 0.0
    topic: str = ""

    def update(self, about: HeadlineInput, now: float) -> Headline:
        """Return the headline to show now."""
        if self.headline is None or about.topic != self.topic or now - self.changed_at >= STAYS_S:
            fresh = build_headline(about)
            if self.headline != fresh:
                self.changed_at = now
            self.headline, self.topic = fresh, about.topic
        return self.headline


def build_headline(about: HeadlineInput) -> Headline:
    """Return the headline in the active language."""
    opening, answers = _opening(about), _answers(about)
    if about.topic == "answers":
        sentences = [answers or opening]
    elif about.topic == "faces" and about.mood_trend.prevailing != TROUBLED:
        sentences = [opening, "; ".join(filter(None, (_troubled_faces(about), answers)))]
    else:
        sentences = [opening, answers]
    if not about.is_saved:
        sentences.append(_("This is not being saved right now"))
    return {
        "text": " ".join(_("%(sentence)s.") % {"sentence": sentence} for sentence in sentences if sentence),
        "since": about.mood_trend.most_troubled_since() if about.topic == "faces" else None,
    }


def _opening(about: HeadlineInput) -> str:
    """Return how most faces look, or why that is not a topic."""
    trend = about.mood_trend
    if about.published and about.topic == "published":
        return describe_published(about.published)
    if about.topic != "faces":
        text = _OPENINGS[about.topic]
    elif trend.seen == 1:
        [appearance] = trend.appearances.values()
        text = _ONLY_FACE[appearance]
    else:
        text = _MOST_FACES[trend.prevailing or MIXED]
    return text % {
        "present": about.present,
        "departed": about.departed,
        "seen": trend.seen,
        "count": len(trend.troubled),
        "since": "{since}",
    }


def _troubled_faces(about: HeadlineInput) -> str:
    troubled, seen = about.mood_trend.troubled, about.mood_trend.seen
    if not troubled:
        return ""
    values = {"count": len(troubled), "seen": seen, "since": "{since}"}
    if len(troubled) > NAMED:
        return _("%(count)d of %(seen)d have looked troubled since %(since)s") % values
    # Braces are reserved for {since}, which the page fills in.
    ordered = sorted((about.names[pk] for pk in troubled), key=sort_key)
    names = [name.translate({ord("{"): "(", ord("}"): ")"}) for name in ordered]
    text = ngettext(
        "%(count)d of %(seen)d has looked troubled since %(since)s (%(names)s)",
        "%(count)d of %(seen)d have looked troubled since %(since)s (%(names)s)",
        len(troubled),
    )
    return text % {**values, "names": ", ".join(names)}


def _answers(about: HeadlineInput) -> str:
    """Return the two problems that most students report. Without any, return how many report that all is good, unless
    the opening has said so."""
    counts = about.responses["answers"]
    problems = sorted((answer for answer in PROBLEMS if counts[answer]), key=lambda answer: -counts[answer])[:2]
    has_opening_said_so = about.topic == "faces" and about.mood_trend.prevailing == ALL_GOOD
    praise = ["all_good"] if counts["all_good"] and not has_opening_said_so else []
    clauses: list[str] = []
    for answer in problems or praise:
        count, who = counts[answer], str(counts[answer])
        if not clauses and not about.reads_faces:  # nothing else says how many are present
            who = _("%(count)d of %(present)d") % {"count": count, "present": about.present}
        clauses.append(_ANSWERS[answer] % {"who": who, "count": count})
    return "; ".join(clauses)
