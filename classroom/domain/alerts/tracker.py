"""The rules of a whole session, for the class and each student, over a series of signals. No database."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from classroom import alert_rules
from classroom.alert_rules import QUIET, Event, Rule, State
from classroom.domain.alerts.signals import AlertSignals, Key

Rules = dict[str, Rule]


@dataclass(frozen=True)
class Change:
    """An event of one alert; `pending_at` is when the alert began, `signals` what was seen (None at the end)."""

    key: Key
    event: Event
    at: float
    pending_at: float
    signals: AlertSignals | None


@dataclass
class AlertTracker:
    rules: Rules
    states: dict[Key, State]
    peak: int = 0

    @classmethod
    def load(cls, rules: Rules, stored: dict[str, Any]) -> "AlertTracker":
        """Continue from what `dump` returned, or from the start."""
        states: dict[Key, State] = {}
        for name, state in stored.get("states", {}).items():
            kind, _, student_id = name.partition(":")
            states[kind, int(student_id) if student_id else None] = alert_rules.load(state)
        return cls(rules, states, stored.get("peak", 0))

    def dump(self) -> dict[str, Any]:
        """Return the state for JSON; `load` reads it."""
        states = {
            f"{kind}:{student_id or ''}": alert_rules.dump(state) for (kind, student_id), state in self.states.items()
        }
        return {"peak": self.peak, "states": states}

    def update(self, signals: AlertSignals) -> Iterator[Change]:
        self.peak = signals.peak
        # A rule at rest stays at rest below its threshold, so the other values change nothing.
        woken = {
            key
            for key, value in signals.values.items()
            if self.rules[key[0]].enabled and value >= self.rules[key[0]].enter
        }
        for key in self.states.keys() | woken:
            before = self.states.get(key, QUIET)
            after, event = alert_rules.step(before, signals.at, signals.values.get(key), self.rules[key[0]])
            if after.is_idle:
                self.states.pop(key, None)
            else:
                self.states[key] = after
            if event:
                yield Change(key, event, signals.at, max(before.pending_at, after.pending_at), signals)

    def close(self, at: float) -> Iterator[Change]:
        """End the series: every open alert is over."""
        for key, before in list(self.states.items()):
            _, event = alert_rules.close(before, at, self.rules[key[0]])
            if event:
                yield Change(key, event, at, before.pending_at, None)
        self.states = {}
