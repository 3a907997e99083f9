"""How figures are rounded, the same on pages and in exports.

A share keeps four decimals, and a time in class one decimal of a minute. Exports give those. A page shows them as whole
percents and whole minutes, rounding halves up like spreadsheets and browsers, so rounding an export's figure gives the
page's (js/lib/expressions.js and js/teacher/student-details.js do the same).
"""

import math


def rounded_share(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def rounded_minutes(minutes: float | None) -> float | None:
    return None if minutes is None else _tenths(minutes) / 10


def whole_percent(share: float) -> int:
    return (round(share * 10_000) + 50) // 100


def whole_minutes(minutes: float) -> int:
    return (_tenths(minutes) + 5) // 10


def shown_minutes(minutes: float) -> str:
    """Return whole minutes as a page shows them. "0" is for nobody there: seconds are "<1"."""
    whole = whole_minutes(minutes)
    return "<1" if minutes and not whole else str(whole)


def _tenths(minutes: float) -> int:
    return math.floor(minutes * 10 + 0.5)
