"""Alert rules over series of one value every five seconds."""

import json
from dataclasses import replace

import pytest

from classroom import alert_rules
from classroom.alert_rules import QUIET, Rule, State, step
from tests.classroom.episodes import Episode, replay

RULE = Rule("student_negative", True, enter=0.6, leave=0.4, hold_s=20, recover_s=10, cooldown_s=60)
BAD, MIDDLE, GOOD = 0.9, 0.5, 0.1


def series(*values: float | None, start: float = 1000.0):
    return [(start + 5 * number, value) for number, value in enumerate(values)]


def episodes(*values: float | None, rule: Rule = RULE) -> list[tuple[float, float, float | None]]:
    """Return when alerts were pending, fired and recovered, in seconds after the first value."""
    found = replay(series(*values), rule)
    return [
        (each.pending_at - 1000, each.fired_at - 1000, each.recovered_at and each.recovered_at - 1000) for each in found
    ]


def state_after(*values: float | None, rule: Rule = RULE) -> State:
    state = QUIET
    for at, value in series(*values):
        state, _ = step(state, at, value, rule)
    return state


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], []),
        ([GOOD] * 10, []),
        ([BAD], []),
        ([BAD, BAD], []),
        # The first value describes the ten seconds before it.
        ([BAD, BAD, BAD], [(-10, 10, None)]),
        ([BAD, BAD, MIDDLE, BAD, BAD], []),
        ([BAD, BAD, BAD, MIDDLE, MIDDLE, MIDDLE], [(-10, 10, None)]),
        ([BAD, BAD, BAD, GOOD, GOOD], [(-10, 10, None)]),
        ([BAD, BAD, BAD, GOOD, GOOD, GOOD], [(-10, 10, 25)]),
        ([BAD, BAD, BAD, GOOD, GOOD, BAD, GOOD, GOOD, GOOD], [(-10, 10, 40)]),
        # Recovering waits between the thresholds.
        ([BAD, BAD, BAD, GOOD, MIDDLE, GOOD, GOOD], [(-10, 10, 30)]),
    ],
)
def test_series_gives_its_episodes(values, expected):
    assert episodes(*values) == expected


def test_value_at_the_threshold_fires_and_recovers():
    assert episodes(*[0.6] * 3, *[0.4] * 3) == [(-10, 10, 25)]


def test_rule_that_clears_after_no_time_is_over_at_the_first_good_value():
    assert episodes(*[BAD] * 3, GOOD, BAD, rule=replace(RULE, recover_s=0)) == [(-10, 10, 15)]


def test_hold_of_one_window_fires_at_once():
    assert episodes(BAD, rule=replace(RULE, hold_s=10)) == [(-10, 0, None)]


def test_second_alert_waits_for_the_cooldown():
    again = [BAD] * 13
    assert episodes(*[BAD] * 3, *[GOOD] * 3, *again) == [(-10, 10, 25), (20, 85, None)]


@pytest.mark.parametrize(("cooldown_s", "fires_at"), [(0, 1030), (20, 1050), (600, 1085)])
def test_cooldown_that_is_shortened_meanwhile_ends_sooner(cooldown_s, fires_at):
    state = replace(state_after(BAD, BAD, BAD, GOOD, GOOD, GOOD), phase="pending", since=1000.0)
    for at, value in series(*[BAD] * 20, start=1030):
        state, event = step(state, at, value, replace(RULE, cooldown_s=cooldown_s))
        if event == "fired":
            break
    assert at == fires_at


def test_disabled_rule_never_fires():
    assert episodes(*[BAD] * 10, rule=replace(RULE, enabled=False)) == []


def test_disabling_a_rule_ends_its_alert():
    firing = state_after(BAD, BAD, BAD)
    assert step(firing, 1015, BAD, replace(RULE, enabled=False))[1] == "recovered"


def test_rule_that_was_off_for_a_while_still_rests():
    state = state_after(BAD, BAD, BAD, GOOD, GOOD, GOOD)
    state, _ = step(state, 1030, BAD, replace(RULE, enabled=False))
    fired = []
    for at, value in series(*[BAD] * 12, start=1035):
        state, event = step(state, at, value, RULE)
        fired += [at] if event == "fired" else []
    assert fired == [1085]


def test_unknown_values_fire_nothing():
    assert episodes(*[None] * 30) == []


def test_unknown_values_stop_the_pending_clock():
    assert episodes(BAD, BAD, None, None, None, BAD) == [(-10, 25, None)]
    assert episodes(BAD, None, None, None, BAD) == []


def test_pending_ends_after_a_minute_of_unknown_values():
    assert state_after(BAD, *[None] * 12).phase == "quiet"


def test_unknown_values_do_not_recover_at_once():
    assert state_after(BAD, BAD, BAD, None, None).phase == "firing"


def test_unknown_values_stop_the_recovering_clock():
    assert episodes(BAD, BAD, BAD, GOOD, None, None, GOOD, GOOD) == [(-10, 10, 35)]


def test_alert_is_over_after_a_minute_of_unknown_values():
    assert episodes(*[BAD] * 3, *[None] * 12) == [(-10, 10, 70)]


def test_close_ends_an_open_alert():
    state, event = alert_rules.close(state_after(BAD, BAD, BAD), 1012, RULE)
    assert (state.phase, event) == ("quiet", "recovered")


def test_close_at_rest_is_no_event():
    assert alert_rules.close(QUIET, 1012, RULE)[1] is None


def test_clock_set_back_does_not_hold_an_alert():
    firing = state_after(BAD, BAD, BAD)
    recovering, _ = step(firing, 100, GOOD, RULE)
    assert step(recovering, 110, GOOD, RULE)[1] == "recovered"


def test_clock_set_back_keeps_no_cooldown_from_the_future():
    rested = state_after(BAD, BAD, BAD, GOOD, GOOD, GOOD)
    state, _ = step(rested, 100, GOOD, RULE)
    assert state.rests_until == 160


def test_state_survives_json():
    state = state_after(BAD, BAD)
    assert alert_rules.load(json.loads(json.dumps(alert_rules.dump(state)))) == state


def test_rule_at_rest_is_idle():
    assert QUIET.is_idle
    assert not state_after(BAD, BAD, BAD, GOOD, GOOD, GOOD).is_idle
    assert state_after(BAD, BAD, BAD, *[GOOD] * 16).is_idle


@pytest.mark.parametrize("kind", alert_rules.DEFAULTS)
def test_default_rules_are_sound(kind):
    rule = alert_rules.DEFAULTS[kind]
    assert rule.kind == kind
    assert 0 < rule.leave < rule.enter <= 1
    assert rule.hold_s >= 10


def test_replay_gives_the_times():
    assert replay(series(BAD, BAD, BAD), RULE) == [Episode(990, 1010, None)]
