"""The alerts of a whole series of values."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from classroom.alert_rules import QUIET, Rule, step


@dataclass(frozen=True)
class Episode:
    """One alert of a series; `recovered_at` is None if the series ends first."""

    pending_at: float
    fired_at: float
    recovered_at: float | None


def replay(series: Iterable[tuple[float, float | None]], rule: Rule) -> list[Episode]:
    """Return the alerts of (time, value) pairs in order."""
    episodes: list[Episode] = []
    state = QUIET
    for at, value in series:
        state, event = step(state, at, value, rule)
        if event == "fired":
            episodes.append(Episode(state.pending_at, at, None))
        elif event == "recovered":
            episodes[-1] = replace(episodes[-1], recovered_at=at)
    return episodes
