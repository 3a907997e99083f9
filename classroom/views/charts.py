"""Small bar charts rendered as SVG on the server, so they need no script and print as they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from classroom.domain.history.comparison import SessionRow, StudentRow
from classroom.rounding import shown_minutes, whole_minutes, whole_percent

WIDTH = 600
HEIGHT = 60
GAP = 2
# Leave space for at least this many bars, so that a course's first classes do not look like walls.
MIN_SLOTS = 12


@dataclass(frozen=True)
class Bar:
    """A rectangle in chart units from the upper left corner; `title` is its tooltip."""

    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True)
class BarChart:
    """`top` labels the full height. `missing` holds, for each unknown value, the x of a dot on the baseline."""

    label: str
    top: str
    bars: list[Bar]
    missing: list[float]
    width: int = WIDTH
    height: int = HEIGHT


def session_charts(rows: Sequence[SessionRow]) -> list[BarChart]:
    """Return attendance and shares by session. `rows` are newest first; the charts run from old to new."""
    most = max([row.summary.enrolled for row in rows] + [row.summary.attended for row in rows] + [1])
    attended = [(_title(row, str(row.summary.attended)), row.summary.attended) for row in rows[::-1]]
    return [
        bar_chart(label=_("Students who attended"), top=str(most), maximum=most, values=attended),
        *_share_charts(rows[::-1]),
    ]


def student_charts(rows: Sequence[StudentRow]) -> list[BarChart]:
    """Return minutes in class and shares of one student by session, in the same order as `session_charts`."""
    longest = max([row.summary.minutes for row in rows] + [1.0])
    minutes = [(_title(row, shown_minutes(row.summary.minutes)), row.summary.minutes) for row in rows[::-1]]
    return [
        bar_chart(label=_("Minutes in class"), top=str(whole_minutes(longest)), maximum=longest, values=minutes),
        *_share_charts(rows[::-1]),
    ]


def bar_chart(*, label: str, top: str, maximum: float, values: Iterable[tuple[str, float | None]]) -> BarChart:
    """Draw one bar for each (title, value) pair from left to right. A value equal to `maximum` has the full height,
    zero has no bar, and None is a dot on the baseline."""
    pairs = list(values)
    step = WIDTH / max(len(pairs), MIN_SLOTS)
    width = max(step - GAP, 1)
    bars: list[Bar] = []
    missing: list[float] = []
    for index, (title, value) in enumerate(pairs):
        if value is None:
            missing.append(round(index * step + width / 2, 1))
        elif value:
            height = max(min(value / maximum, 1.0) * HEIGHT, 1.0)
            x, y = round(index * step, 1), round(HEIGHT - height, 1)
            bars.append(Bar(x, y, round(width, 1), round(height, 1), title))
    return BarChart(label=label, top=top, bars=bars, missing=missing)


def _share_charts(rows: Sequence[SessionRow | StudentRow]) -> list[BarChart]:
    """Return a chart for each share that is known in any session; a course without cameras has none."""
    shares_by_label = {
        _("Readable snapshots"): [row.summary.seen_share for row in rows],
        _("Negative expressions"): [row.summary.negative for row in rows],
    }
    charts = []
    for label, shares in shares_by_label.items():
        if any(share is not None for share in shares):
            figures = [_figure(row, share) for row, share in zip(rows, shares, strict=True)]
            titles = [_title(row, figure) for row, figure in zip(rows, figures, strict=True)]
            values = list(zip(titles, shares, strict=True))
            charts.append(bar_chart(label=label, top="100 %", maximum=1.0, values=values))
    return charts


def _figure(row: SessionRow | StudentRow, share: float | None) -> str:
    if share is not None:
        return f"{whole_percent(share)} %"
    return _("not shown") if row.summary.is_anonymous else _("no reading")


def _title(row: SessionRow | StudentRow, figure: str) -> str:
    day = date_format(localtime(row.session.started_at), "j M")
    return f"{day}, {row.session.topic}: {figure}"
