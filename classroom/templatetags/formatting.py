"""Figures, shares and times as pages write them. A figure that is not known is a dash."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from classroom.domain.history.summaries import StudentSummary
from classroom.models import SelfReport
from classroom.rounding import whole_minutes, whole_percent

register = template.Library()
NONE = "–"
WORDS = {
    "happy": _("Happy"),
    "surprise": _("Surprise"),
    "neutral": _("Neutral"),
    "sad": _("Sad"),
    "fear": _("Fear"),
    "disgust": _("Disgust"),
    "angry": _("Angry"),
}
BAND_WORDS = {
    "low": pgettext_lazy("how much of something there was", "Little"),
    "some": pgettext_lazy("how much of something there was", "Some"),
    "much": pgettext_lazy("how much of something there was", "Much"),
}
ANSWER_WORDS = {answer.value: answer.label for answer in SelfReport.Answer}


@register.filter
def percent(share: float | None) -> str:
    return NONE if share is None else f"{whole_percent(share)} %"


@register.filter
def minutes(value: float | None) -> str:
    return NONE if value is None else str(whole_minutes(value))


@register.filter
def moment(seconds: float) -> datetime:
    """Seconds since 1970 as a moment, for _time.html."""
    return datetime.fromtimestamp(seconds, UTC)


@register.filter
def expression_word(name: str) -> str:
    return str(WORDS[name])


@register.filter
def band_word(band: str) -> str:
    return str(BAND_WORDS[band])


@register.filter
def answer_word(answer: str) -> str:
    return str(ANSWER_WORDS[answer])


@register.filter
def answers(counts: Mapping[str, int]) -> str:
    """Such as "lost 2, too fast 1"; in the order of the buttons that students press."""
    if not counts:
        return NONE
    words = _answer_words(get_language())
    return ", ".join(f"{word} {counts[answer]}" for answer, word in words.items() if counts.get(answer)) or NONE


@register.simple_tag
def share_row(shares: Mapping[str, float] | None) -> SafeString | str:
    """A small bar of the seven shares, which js/lib/share-bar.js draws, and the same in words. A page has hundreds."""
    if not shares:
        return NONE
    figures = " ".join(f"{name}:{share:.4f}" for name, share in shares.items())
    named = _words(get_language())
    words = ", ".join(f"{named[name]} {percent(share)}" for name, share in shares.items())
    return format_html(
        '<span class="share-bar share-bar--row" data-shares="{}" aria-hidden="true"></span>'
        '<span class="visually-hidden">{}</span>',
        figures,
        words,
    )


@register.simple_tag
def leading(name: str | None) -> SafeString | str:
    """The leading expression with its shape."""
    if name is None:
        return NONE
    return format_html(
        '<span class="dominant"><svg class="glyph" data-expression="{}" aria-hidden="true" focusable="false">'
        '<use href="#expr-{}"></use></svg>{}</span>',
        name,
        name,
        _words(get_language())[name],
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """As _icon.html; a page has hundreds."""
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="#icon-{}"></use></svg>', name)


@register.simple_tag
def clock(at: datetime) -> SafeString:
    """As _time.html writes a time of day; a page has hundreds."""
    local = localtime(at)
    return format_html(
        '<time class="nowrap" datetime="{}" data-local="time">{}</time>', local.isoformat(), f"{local:%H:%M}"
    )


@register.simple_tag
def there(student: StudentSummary) -> SafeString | str:
    """From the first join to the last leave, and how often the student came back."""
    if student.joined_at is None or student.left_at is None:
        return NONE
    joined, left = clock(student.joined_at), clock(student.left_at)
    return format_html('<span class="there">{} – {}{}</span>', joined, left, _rejoins(student.rejoins))


def _rejoins(count: int) -> SafeString | str:
    if not count:
        return ""
    text = ngettext("%(n)d rejoin", "%(n)d rejoins", count) % {"n": count}
    return format_html('<span class="list__sub">{}</span>', text)


@cache
def _words(language: str | None) -> dict[str, str]:
    """The words of one language, looked up once and not for every row."""
    return {name: str(word) for name, word in WORDS.items()}


@cache
def _answer_words(language: str | None) -> dict[str, str]:
    return {answer: str(word) for answer, word in ANSWER_WORDS.items()}
