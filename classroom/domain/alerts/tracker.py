"""All rules of a session, for the class and each student, over one look after another. No database."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from classroom import alert_rules
from classroom.alert_rules import QUIET, Event, Rule, State
from classroom.domain.alerts.signals import Key, Look

Rules = dict[str, Rule]


@dataclass(frozen=True)
class Change:
    """What happened to one alert; `pending_at` is when it began, `look` what was seen then (None at the end)."""

    key: Key
    event: Event
    at: float
    pending_at: float
    look: Look | None


@dataclass
class Watch:
    rules: Rules
    states: dict[Key, State]
    peak: int = 0

    def take(self, look: Look) -> Iterator[Change]:
        self.peak = look.peak
        for key in self.states.keys() | {key for key, value in look.values.items() if self._matters(key, value)}:
            before = self.states.get(key, QUIET)
            after, event = alert_rules.step(before, look.at, look.values.get(key), self.rules[key[0]])
            self._keep(key, after)
            if event:
                yield Change(key, event, look.at, max(before.pending_at, after.pending_at), look)

    def close(self, at: float) -> Iterator[Change]:
        """The series has ended: every open alert is over."""
        for key, before in list(self.states.items()):
            _, event = alert_rules.close(before, at, self.rules[key[0]])
            if event:
                yield Change(key, event, at, before.pending_at, None)
        self.states = {}

    def dump(self) -> dict[str, Any]:
        """For JSON; `load` reads it."""
        states = {
            f"{kind}:{student_id or ''}": alert_rules.dump(state) for (kind, student_id), state in self.states.items()
        }
        return {"peak": self.peak, "states": states}

    @classmethod
    def load(cls, rules_of_course: Rules, stored: dict[str, Any]) -> "Watch":
        states = {_key(name): alert_rules.load(state) for name, state in stored.get("states", {}).items()}
        return cls(rules_of_course, states, stored.get("peak", 0))

    def _matters(self, key: Key, value: float) -> bool:
        """A rule at rest stays so below its threshold."""
        rule = self.rules[key[0]]
        return rule.enabled and value >= rule.enter

    def _keep(self, key: Key, state: State) -> None:
        if state.is_idle():
            self.states.pop(key, None)
        else:
            self.states[key] = state


def _key(name: str) -> Key:
    kind, _, student_id = name.partition(":")
    return kind, int(student_id) if student_id else None
