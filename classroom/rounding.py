"""How figures are rounded, the same on pages and in exports.

Halves are rounded up, as spreadsheets and browsers do. A share keeps four decimals, and a time in class one decimal of
a minute. Exports give those. A page rounds them again, to whole percents and whole minutes, so rounding an export's
figure gives the page's. A mean number of students is shown as a whole number. static/js/lib/rounding.js does the same.
"""

from math import floor


def rounded_share(share: float | None) -> float | None:
    return None if share is None else _ten_thousandths(share) / 10_000


def rounded_minutes(minutes: float | None) -> float | None:
    return None if minutes is None else _tenths(minutes) / 10


def whole_percent(share: float) -> int:
    return (_ten_thousandths(share) + 50) // 100


def whole_minutes(minutes: float) -> int:
    return (_tenths(minutes) + 5) // 10


def shown_minutes(minutes: float) -> str:
    """Return whole minutes as a page shows them. "0" is for nobody there: seconds are "<1"."""
    whole = whole_minutes(minutes)
    return "<1" if minutes and not whole else str(whole)


def whole_count(mean: float) -> int:
    """Return a mean number of students as a page shows it."""
    return (_ten_thousandths(mean) + 5_000) // 10_000


def _ten_thousandths(share: float) -> int:
    return _half_up(share * 10_000)


def _tenths(minutes: float) -> int:
    return _half_up(minutes * 10)


def _half_up(value: float) -> int:
    # Floats hold 57 / 800 as a little less than 0.07125, which is a half, too.
    return floor(round(value, 6) + 0.5)
