"""Small bar charts that come complete from the server: they need no script and print as they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 600
HEIGHT = 60
GAP = 2
# A course's first sessions are not drawn as walls.
FEWEST = 12


@dataclass(frozen=True)
class Bar:
    """In the units of the chart, from its upper left corner; `title` says what it stands for."""

    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True)
class BarChart:
    """`missing`: where a value is not known, x of a mark on the base line."""

    label: str
    top: str
    bars: list[Bar]
    missing: list[float]
    width: int = WIDTH
    height: int = HEIGHT


def bar_chart(*, label: str, top: str, most: float, values: Iterable[tuple[str, float | None]]) -> BarChart:
    """One bar for each (title, value) pair, the first at the left; `most` is as high as the chart, labelled `top`."""
    pairs: Sequence[tuple[str, float | None]] = list(values)
    step = WIDTH / max(len(pairs), FEWEST)
    wide = max(step - GAP, 1)
    bars = [_bar(index * step, wide, title, value / most) for index, (title, value) in enumerate(pairs) if value]
    missing = [index * step + wide / 2 for index, (_, value) in enumerate(pairs) if value is None]
    return BarChart(label=label, top=top, bars=bars, missing=[round(x, 1) for x in missing])


def _bar(x: float, width: float, title: str, share: float) -> Bar:
    height = max(min(share, 1.0) * HEIGHT, 1.0)
    return Bar(round(x, 1), round(HEIGHT - height, 1), round(width, 1), round(height, 1), title)
