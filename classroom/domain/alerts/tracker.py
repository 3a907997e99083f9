"""The rules of a whole session, for the class and each student, over a series of signals. No database."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from classroom import alert_rules
from classroom.alert_rules import CLASS_NEGATIVE, QUIET, STUDENT_NEGATIVE, Event, Rule, State
from classroom.domain.alerts.class_alert import ClassAlert
from classroom.domain.alerts.signals import AlertSignals, Key

Rules = dict[str, Rule]


@dataclass(frozen=True)
class Change:
    """An event of one alert; `pending_at` is when the alert began, `signals` what was seen (None at the end).

    `explained`: from now on the class's last alert explains it; `unexplained`: no longer."""

    key: Key
    event: Event | Literal["explained", "unexplained"]
    at: float
    pending_at: float
    signals: AlertSignals | None


@dataclass
class AlertTracker:
    rules: Rules
    states: dict[Key, State]
    peak: int = 0
    class_alert: ClassAlert | None = None
    # The students whose open alert the class's alert explains; for each, when the class's became pending.
    explained: dict[int, float] = field(default_factory=dict)

    @classmethod
    def load(cls, rules: Rules, stored: dict[str, Any]) -> "AlertTracker":
        """Continue from what `dump` returned, or from the start."""
        states: dict[Key, State] = {}
        for name, state in stored.get("states", {}).items():
            kind, _, student_id = name.partition(":")
            states[kind, int(student_id) if student_id else None] = alert_rules.load(state)
        class_alert = ClassAlert(**stored["class_alert"]) if stored.get("class_alert") else None
        explained = {int(student_id): since for student_id, since in stored.get("explained", {}).items()}
        return cls(rules, states, stored.get("peak", 0), class_alert, explained)

    def dump(self) -> dict[str, Any]:
        """Return the state for JSON; `load` reads it."""
        states = {
            f"{kind}:{student_id or ''}": alert_rules.dump(state) for (kind, student_id), state in self.states.items()
        }
        return {
            "peak": self.peak,
            "states": states,
            "class_alert": asdict(self.class_alert) if self.class_alert else None,
            "explained": {str(student_id): since for student_id, since in self.explained.items()},
        }

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
                change = Change(key, event, signals.at, max(before.pending_at, after.pending_at), signals)
                self._note_class_alert(change)
                yield change
        yield from self._explain(signals)

    def close(self, at: float) -> Iterator[Change]:
        """End the series: every open alert is over."""
        for key, before in list(self.states.items()):
            _, event = alert_rules.close(before, at, self.rules[key[0]])
            if event:
                yield Change(key, event, at, before.pending_at, None)
        self.states = {}

    def _note_class_alert(self, change: Change) -> None:
        if change.key[0] != CLASS_NEGATIVE:
            return
        if change.event == "fired":
            self.class_alert = ClassAlert(change.pending_at)
        elif change.event == "recovered" and self.class_alert:
            self.class_alert.recovered_at = change.at

    def _explain(self, signals: AlertSignals) -> Iterator[Change]:
        """Yield the alerts about students that the class's alert starts or stops explaining."""
        known = self.class_alert
        if known is None:
            return
        if known.recovered_at is not None:
            # A clock that was set back must not prolong it.
            known.recovered_at = min(known.recovered_at, signals.at)
        open_alerts = {
            student_id: state.pending_at
            for (kind, student_id), state in self.states.items()
            if kind == STUDENT_NEGATIVE and student_id and state.is_open
        }
        before, self.explained = self.explained, {}
        for student_id, pending_at in open_alerts.items():
            explains = known.explains(pending_at, signals.at)
            if explains:
                self.explained[student_id] = known.pending_at
            if before.get(student_id) != self.explained.get(student_id):
                event: Literal["explained", "unexplained"] = "explained" if explains else "unexplained"
                yield Change((STUDENT_NEGATIVE, student_id), event, signals.at, pending_at, signals)
