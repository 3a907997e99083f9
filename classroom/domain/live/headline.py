"""The class in one sentence: how most faces look, who looks troubled and since when, and what students say.

An expression is not an emotion: the words are about how faces look, with how many of how many.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from classroom.domain.live.mood_trend import CALM, CALM_OR_HAPPY, HAPPY, MIXED, SURPRISED, TROUBLED, Glance
from classroom.domain.live.responses import ClassVoice

# A sentence stays for this long, unless what it says is no longer true at all.
STAYS_S = 4.0
# So few students are named.
NAMED = 2
TROUBLES = ("lost", "too_fast", "too_slow")


class Sentence(TypedDict):
    """`text` may hold "{since}" once, for the moment `since` (seconds since 1970) on the reader's clock."""

    text: str
    since: float | None


@dataclass(frozen=True)
class Class:
    """What the sentence is about. `on_camera` of the `present` students have a camera that runs."""

    glance: Glance
    voice: ClassVoice
    names: Mapping[int, str]
    present: int
    enrolled: int
    on_camera: int
    has_begun: bool
    reads_faces: bool
    is_saved: bool = True


@dataclass
class Speaker:
    """Says the sentence, and keeps it for a while."""

    said: Sentence | None = None
    said_at: float = 0.0
    topic: str = field(default="")

    def say(self, about: Class, now: float) -> Sentence:
        topic, fresh = _topic(about), sentence_of(about)
        if self.said is None or topic != self.topic or now - self.said_at >= STAYS_S:
            if self.said != fresh:
                self.said_at = now
            self.said, self.topic = fresh, topic
        return self.said


def sentence_of(about: Class) -> Sentence:
    """The sentence, in the language in force."""
    topic = _topic(about)
    since = about.glance.troubled_since() if topic == "faces" else None
    unsaved = "" if about.is_saved else _("This is not being saved right now")
    return {"text": _sentences([*_clauses(topic, about), unsaved]), "since": since}


def _clauses(topic: str, about: Class) -> list[str]:
    if topic in _FIXED:
        return [str(_FIXED[topic])]
    said = _said(about)
    if topic == "said":
        return [said or _nothing_said(about)]
    if topic == "faces" and about.glance.most == TROUBLED:
        return [_most_troubled(about.glance), said]
    if topic == "faces":
        return [_most(about.glance), _joined(_troubled(about), said)]
    return [_unseen(topic, about), said]


def _topic(about: Class) -> str:
    """What the sentence can be about at all."""
    if not about.enrolled:
        return "nobody_enrolled"
    if not about.present:
        return "nobody_left" if about.has_begun else "nobody_here"
    if not about.reads_faces:
        return "said"
    if not about.on_camera:
        return "no_camera"
    if not about.glance.seen:
        return "no_face"
    return "faces" if about.glance.is_covered else "too_few"


_FIXED = {
    "nobody_enrolled": gettext_lazy("Nobody is enrolled yet"),
    "nobody_here": gettext_lazy("Nobody has joined yet"),
    "nobody_left": gettext_lazy("Nobody is in class any more"),
}

_MOST = {
    CALM: gettext_lazy("Most faces look calm"),
    HAPPY: gettext_lazy("Most faces look happy"),
    SURPRISED: gettext_lazy("Most faces look surprised"),
    CALM_OR_HAPPY: gettext_lazy("Most faces look calm or happy"),
    MIXED: gettext_lazy("Faces look mixed"),
}

_ONE = {
    CALM: gettext_lazy("The one face seen looks calm"),
    HAPPY: gettext_lazy("The one face seen looks happy"),
    SURPRISED: gettext_lazy("The one face seen looks surprised"),
}


def _unseen(topic: str, about: Class) -> str:
    figures = {"seen": about.glance.seen, "present": about.present}
    if topic == "no_camera":
        return (
            ngettext("No camera is on (%(present)d student)", "No camera is on (%(present)d students)", about.present)
            % figures
        )
    if topic == "no_face":
        return _("No face is seen (0 of %(present)d)") % figures
    return _("Too few faces are seen to say (%(seen)d of %(present)d)") % figures


def _most(glance: Glance) -> str:
    if glance.seen == 1:
        [look] = glance.looks.values()
        return str(_ONE[look])
    return str(_MOST[glance.most or MIXED])


def _most_troubled(glance: Glance) -> str:
    figures = {"count": len(glance.troubled), "seen": glance.seen, "since": "{since}"}
    if glance.seen == 1:
        return _("The one face seen has looked troubled since %(since)s") % figures
    return _("Most faces look troubled: %(count)d of %(seen)d, since %(since)s") % figures


def _troubled(about: Class) -> str:
    """Of several faces, those that look troubled."""
    troubled, seen = about.glance.troubled, about.glance.seen
    if not troubled:
        return ""
    figures = {"count": len(troubled), "seen": seen, "since": "{since}", "names": _named(troubled, about.names)}
    if len(troubled) <= NAMED:
        return (
            ngettext(
                "%(count)d of %(seen)d has looked troubled since %(since)s (%(names)s)",
                "%(count)d of %(seen)d have looked troubled since %(since)s (%(names)s)",
                len(troubled),
            )
            % figures
        )
    return _("%(count)d of %(seen)d have looked troubled since %(since)s") % figures


def _named(troubled: Mapping[int, float], names: Mapping[int, str]) -> str:
    # Braces are the page's place for the moment.
    return ", ".join(sorted(names[pk].translate({ord("{"): "(", ord("}"): ")"}) for pk in troubled))


def _said(about: Class) -> str:
    """The two troubles that most name; where nobody names any, how many say that all is good."""
    answers = about.voice["answers"]
    named = sorted((answer for answer in TROUBLES if answers[answer]), key=lambda answer: -answers[answer])[:2]
    named = named or [answer for answer in ("all_good",) if answers[answer]]
    return "; ".join(
        _says(answer, answers[answer], of=0 if about.reads_faces or place else about.present)
        for place, answer in enumerate(named)
    )


def _says(answer: str, count: int, *, of: int) -> str:
    """`of`: how many are present, where that has not been said."""
    who = _("%(count)d of %(present)d") % {"count": count, "present": of} if of else str(count)
    if answer == "lost":
        text = ngettext("%(who)s says “lost”", "%(who)s say they are lost", count)
    elif answer == "too_fast":
        text = ngettext("%(who)s says it is too fast", "%(who)s say it is too fast", count)
    elif answer == "too_slow":
        text = ngettext("%(who)s says it is too slow", "%(who)s say it is too slow", count)
    else:
        text = ngettext("%(who)s says all is good", "%(who)s say all is good", count)
    return text % {"who": who}


def _nothing_said(about: Class) -> str:
    return _("Nobody of the %(present)d present has said anything lately") % {"present": about.present}


def _joined(*clauses: str) -> str:
    return "; ".join(clause for clause in clauses if clause)


def _sentences(parts: Sequence[str]) -> str:
    return " ".join(_("%(sentence)s.") % {"sentence": part} for part in parts if part)
