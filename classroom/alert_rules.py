"""When an alert fires and when it is over: thresholds with hysteresis, as pure functions over a series of values.

A value lies between 0 and 1, higher is worse, and describes the WINDOW_S before its time; None means that too little
was seen to tell. Times are seconds since 1970. One state belongs to one rule and one student (or the class):

    quiet ──from `enter`──► pending ──for `hold_s`──► firing ──down to `leave`──► recovering ──for `recover_s`──► quiet

Pending ends below `enter`. While recovering, a value between the two restarts the clock, and one of at least `enter`
returns to firing. After an alert the rule rests for `cooldown_s` before it fires again. None stops the clocks of
pending and recovering. After UNKNOWN_S of None, pending ends and an alert is over, since nothing supports it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from classroom.measures import WINDOW_S

# One value every five seconds, each covering the ten before it.
STEP_S = 5
UNKNOWN_S = 60
# The class's share of negative faces means something once this many are seen; departures, once this many are present.
MIN_SEEN = 4
MIN_PRESENT = 4

STUDENT_NEGATIVE = "student_negative"
STUDENT_AWAY = "student_away"
CLASS_NEGATIVE = "class_negative"
PRESENCE_LOW = "presence_low"

Phase = Literal["quiet", "pending", "firing", "recovering"]
Event = Literal["fired", "recovering", "relapsed", "recovered"]


@dataclass(frozen=True)
class Rule:
    """One kind's thresholds (shares from 0 to 1, `leave` below `enter`) and times in seconds."""

    kind: str
    enabled: bool
    enter: float
    leave: float
    hold_s: int
    recover_s: int
    cooldown_s: int


DEFAULTS = {
    rule.kind: rule
    for rule in (
        Rule(STUDENT_NEGATIVE, True, enter=0.6, leave=0.4, hold_s=30, recover_s=20, cooldown_s=180),
        Rule(STUDENT_AWAY, True, enter=0.8, leave=0.5, hold_s=60, recover_s=10, cooldown_s=180),
        # A whole class needs less time: one value already rests on many faces.
        Rule(CLASS_NEGATIVE, True, enter=0.4, leave=0.25, hold_s=10, recover_s=20, cooldown_s=180),
        Rule(PRESENCE_LOW, True, enter=0.3, leave=0.15, hold_s=60, recover_s=30, cooldown_s=300),
    )
}
# Alert sensitivity. Quiet: clear, lasting changes; sensitive: slight, brief ones too.
PRESETS = {
    "quiet": {
        rule.kind: rule
        for rule in (
            Rule(STUDENT_NEGATIVE, True, enter=0.75, leave=0.5, hold_s=60, recover_s=20, cooldown_s=600),
            Rule(STUDENT_AWAY, True, enter=0.9, leave=0.6, hold_s=180, recover_s=10, cooldown_s=600),
            Rule(CLASS_NEGATIVE, True, enter=0.5, leave=0.3, hold_s=20, recover_s=20, cooldown_s=300),
            Rule(PRESENCE_LOW, True, enter=0.4, leave=0.2, hold_s=60, recover_s=30, cooldown_s=600),
        )
    },
    "normal": DEFAULTS,
    "sensitive": {
        rule.kind: rule
        for rule in (
            Rule(STUDENT_NEGATIVE, True, enter=0.5, leave=0.35, hold_s=20, recover_s=20, cooldown_s=60),
            Rule(STUDENT_AWAY, True, enter=0.7, leave=0.4, hold_s=30, recover_s=10, cooldown_s=60),
            Rule(CLASS_NEGATIVE, True, enter=0.3, leave=0.2, hold_s=10, recover_s=20, cooldown_s=60),
            Rule(PRESENCE_LOW, True, enter=0.2, leave=0.1, hold_s=30, recover_s=30, cooldown_s=120),
        )
    },
}


def preset_of(rules: Mapping[str, Rule]) -> str | None:
    """Return the preset with the numbers of these rules, no matter which are on, or None."""
    numbers = {kind: replace(rule, enabled=True) for kind, rule in rules.items()}
    return next((name for name, preset in PRESETS.items() if preset == numbers), None)


@dataclass(frozen=True)
class State:
    """The state of one rule. `since`: when pending or recovering began, moved later by the time nothing was known."""

    phase: Phase = "quiet"
    at: float = 0.0
    since: float = 0.0
    pending_at: float = 0.0
    known_at: float = 0.0
    rests_until: float = 0.0

    @property
    def is_open(self) -> bool:
        return self.phase in ("firing", "recovering")

    @property
    def is_idle(self) -> bool:
        """Return whether the state equals no state, so that nothing needs remembering."""
        return self.phase == "quiet" and self.rests_until <= self.at


QUIET = State()


def step(state: State, at: float, value: float | None, rule: Rule) -> tuple[State, Event | None]:
    """Return the state after one value, and what happened."""
    state = _without_future(state, at)
    # No longer than the cooldown that is set now, even if it was longer or a clock was set back.
    state = replace(state, rests_until=min(state.rests_until, at + rule.cooldown_s))
    if not rule.enabled or (value is None and at - state.known_at >= UNKNOWN_S):
        return close(replace(state, at=at), at, rule)
    if value is None:
        return replace(state, at=at, since=state.since + (at - state.at)), None
    state = replace(state, at=at, known_at=at)
    return _step_open(state, value, rule) if state.is_open else _step_closed(state, value, rule)


def close(state: State, at: float, rule: Rule) -> tuple[State, Event | None]:
    """Return the state at the end of the series: an open alert is over."""
    return _recover(state, at, rule) if state.is_open else (replace(state, phase="quiet"), None)


def dump(state: State) -> dict[str, Any]:
    """Return the state for JSON; `load` reads it."""
    return asdict(state)


def load(stored: dict[str, Any]) -> State:
    return State(**stored)


def _without_future(state: State, at: float) -> State:
    """Return the state without times after `at`: a clock that was set back must not hold an alert for hours."""
    if at >= state.at:
        return state
    return replace(
        state,
        at=at,
        since=min(state.since, at),
        pending_at=min(state.pending_at, at),
        known_at=min(state.known_at, at),
    )


def _step_closed(state: State, value: float, rule: Rule) -> tuple[State, Event | None]:
    """Quiet or pending: the alert fires once the value has been beyond `enter` for `hold_s`."""
    if value < rule.enter:
        return replace(state, phase="quiet"), None
    if state.phase == "quiet":
        began = state.at - WINDOW_S
        state = replace(state, phase="pending", since=began, pending_at=began)
    if state.at - state.since < rule.hold_s or state.at < state.rests_until:
        return state, None
    return replace(state, phase="firing"), "fired"


def _step_open(state: State, value: float, rule: Rule) -> tuple[State, Event | None]:
    """Firing or recovering: the alert is over once the value has been within `leave` for `recover_s`."""
    if state.phase == "firing":
        if value > rule.leave:
            return state, None
        if not rule.recover_s:
            return _recover(state, state.at, rule)
        return replace(state, phase="recovering", since=state.at), "recovering"
    if value >= rule.enter:
        return replace(state, phase="firing"), "relapsed"
    if value > rule.leave:
        # Neither good nor bad: this time does not count.
        return replace(state, since=state.at), None
    if state.at - state.since < rule.recover_s:
        return state, None
    return _recover(state, state.at, rule)


def _recover(state: State, at: float, rule: Rule) -> tuple[State, Event | None]:
    return State(at=at, known_at=state.known_at, rests_until=at + rule.cooldown_s), "recovered"
