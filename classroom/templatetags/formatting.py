"""Figures, shares and times as HTML. An unknown value is a dash.

A report has hundreds of icons, times and bars, so these are built in Python: an {% include %} for each would be slow.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache

from django import template
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from classroom.domain.history.presence import Presence
from classroom.domain.history.register import Mark
from classroom.domain.history.summaries import BandedMeasure
from classroom.models import ClassSession, SelfReport
from classroom.rounding import shown_minutes, whole_minutes, whole_percent

register = template.Library()
UNKNOWN = "–"
EXPRESSION_WORDS = {
    "happy": _("Happy"),
    "surprise": _("Surprise"),
    "neutral": _("Neutral"),
    "sad": _("Sad"),
    "fear": _("Fear"),
    "disgust": _("Disgust"),
    "angry": _("Angry"),
    "uncertain": _("Cannot tell"),
    "unread": _("Not read"),
}
EXPRESSION_LETTERS = {
    "happy": pgettext_lazy("happy in short", "H"),
    "surprise": pgettext_lazy("surprise in short", "Su"),
    "neutral": pgettext_lazy("neutral in short", "N"),
    "sad": pgettext_lazy("sad in short", "Sa"),
    "fear": pgettext_lazy("fear in short", "F"),
    "disgust": pgettext_lazy("disgust in short", "D"),
    "angry": pgettext_lazy("angry in short", "A"),
    "uncertain": "?",
    "unread": "–",
}
REGISTER_MARKS: dict[Mark, tuple[Promise | str, Promise]] = {
    "present": ("✓", _("present")),
    "absent": (pgettext_lazy("absent in short", "A"), _("absent")),
    "late": (pgettext_lazy("late in short", "L"), _("late")),
    "left_early": (pgettext_lazy("left early in short", "E"), _("left early")),
    "late_and_left_early": (pgettext_lazy("late and left early in short", "LE"), _("late and left early")),
}
LEVELS = {
    "low": pgettext_lazy("level of a measure", "Low"),
    "some": pgettext_lazy("level of a measure", "Medium"),
    "much": pgettext_lazy("level of a measure", "High"),
}
FREQUENCIES = {
    "low": pgettext_lazy("how much of the time", "Rarely"),
    "some": pgettext_lazy("how much of the time", "Partly"),
    "much": pgettext_lazy("how much of the time", "Mostly"),
}


@register.filter
def percent(share: float | None) -> str:
    return UNKNOWN if share is None else f"{whole_percent(share)} %"


@register.filter
def minutes(value: float | None) -> str:
    return UNKNOWN if value is None else shown_minutes(value)


@register.filter
def class_length(session: ClassSession) -> str:
    """Return how long an ended class lasted, rounded like its students' minutes: nobody was there longer."""
    rounded = timedelta(minutes=whole_minutes((session.duration or timedelta()) / timedelta(minutes=1)))
    return timesince(session.started_at, session.started_at + rounded) if rounded else gettext("less than a minute")


@register.filter
def from_timestamp(seconds: float) -> datetime:
    """Convert seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


@register.filter
def expression_word(name: str) -> str:
    return _expression_words(get_language())[name]


@register.filter
def expression_letter(name: str) -> str:
    return str(EXPRESSION_LETTERS[name])


@register.filter
def band_word(measure: BandedMeasure) -> str:
    """Return the word for a banded measure: how often (the calm face) or how much (the others)."""
    if measure.band is None:
        return str(_("Too few readings"))
    words = FREQUENCIES if measure.name == "calm_presence" else LEVELS
    return str(words[measure.band])


@register.filter
def answers(counts: Mapping[str, int]) -> str:
    """Return for instance "lost 2, too fast 1", in the order of the buttons that students press."""
    words = _answer_words(get_language())
    return ", ".join(f"{word} {counts[answer]}" for answer, word in words.items() if counts.get(answer)) or UNKNOWN


@register.simple_tag
def mix_bar(shares: Mapping[str, float] | None) -> SafeString | str:
    """A small bar of what tiles show, drawn by js/lib/share-bar.js, and its text for screen readers."""
    if not shares:
        return UNKNOWN
    data = " ".join(f"{name}:{share:.4f}" for name, share in shares.items())
    words = _expression_words(get_language())
    text = ", ".join(f"{words[name]} {percent(share)}" for name, share in shares.items())
    return format_html(
        '<span class="share-bar share-bar--row" data-shares="{}" aria-hidden="true"></span>'
        '<span class="visually-hidden">{}</span>',
        data,
        text,
    )


@register.simple_tag
def expression(name: str | None) -> SafeString | str:
    """An expression's glyph and word."""
    if name is None:
        return UNKNOWN
    return format_html(
        '<span class="dominant"><svg class="glyph" data-expression="{}" aria-hidden="true" focusable="false">'
        '<use href="#expr-{}"></use></svg>{}</span>',
        name,
        name,
        expression_word(name),
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """The same as _icon.html."""
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="#icon-{}"></use></svg>', name)


@register.simple_tag
def clock(at: datetime) -> SafeString:
    """The same as _time.html with show="time"."""
    local = localtime(at)
    return format_html(
        '<time class="nowrap" datetime="{}" data-local="time">{}</time>', local.isoformat(), f"{local:%H:%M}"
    )


@register.simple_tag
def moment(at: datetime) -> SafeString:
    """The same as _time.html with both day and time."""
    local = localtime(at)
    return format_html(
        '<time class="nowrap" datetime="{}" data-local="both">{}</time>',
        local.isoformat(),
        date_format(local, "j M Y, H:i", use_l10n=False),
    )


@register.simple_tag
def short_day(at: datetime) -> SafeString:
    """The day and month, for narrow columns."""
    local = localtime(at)
    return format_html(
        '<time class="nowrap" datetime="{}">{}</time>', local.isoformat(), date_format(local, "j M", use_l10n=False)
    )


@register.simple_tag
def register_cells(marks: Iterable[Mark]) -> SafeString:
    """The cells of a row's marks: each a letter, and its meaning for screen readers."""
    cells = _register_cells(get_language())
    return mark_safe("".join([cells[mark] for mark in marks]))  # noqa: S308  # made by format_html


@register.simple_tag
def register_key() -> list[tuple[str, str]]:
    """The letters of a register with their meanings."""
    return [(str(letter), str(label)) for letter, label in REGISTER_MARKS.values()]


@register.simple_tag
def attendance_span(presence: Presence) -> SafeString | str:
    """From the first join to the last leave, and what was unusual about it."""
    if presence.joined_at is None or presence.left_at is None:
        return UNKNOWN
    notes: SafeString | str = ""
    if found := _presence_notes(presence):
        notes = format_html('<span class="list__sub">{}</span>', ", ".join(found))
    joined, left = clock(presence.joined_at), clock(presence.left_at)
    return format_html('<span class="nowrap">{} – {}</span>{}', joined, left, notes)


def _presence_notes(presence: Presence) -> list[str]:
    notes = []
    if presence.late:
        notes.append(gettext("late"))
    if presence.rejoins:
        notes.append(ngettext("rejoined once", "rejoined %(n)d times", presence.rejoins) % {"n": presence.rejoins})
    if presence.left_early:
        notes.append(gettext("left early"))
    if presence.removed:
        notes.append(gettext("removed from the course"))
    return notes


@cache
def _register_cells(language: str | None) -> dict[str, SafeString]:
    """A register has tens of thousands of marks."""
    cell = '<td class="register__mark"><span aria-hidden="true">{}</span><span class="visually-hidden">{}</span></td>'
    marked = {mark: format_html(cell, letter, label) for mark, (letter, label) in REGISTER_MARKS.items()}
    return {"": SafeString('<td class="register__mark"></td>')} | marked


@cache
def _expression_words(language: str | None) -> dict[str, str]:
    """Look up the words once per language rather than in each of hundreds of rows."""
    return {name: str(word) for name, word in EXPRESSION_WORDS.items()}


@cache
def _answer_words(language: str | None) -> dict[str, str]:
    return {answer.value: str(answer.label) for answer in SelfReport.Answer}
