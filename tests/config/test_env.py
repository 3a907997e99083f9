import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import Env


def number(name: str, value: str | None, *, default: int = 7) -> int:
    env = Env()
    env.ENVIRON = {} if value is None else {name: value}
    return env.number(name, default=default)


@pytest.mark.parametrize(("value", "result"), [(None, 7), ("0", 0), ("30", 30), (" 36500 ", 36_500)])
def test_a_number_within_its_bounds_is_taken(value, result):
    assert number("RETENTION_DAYS", value) == result


@pytest.mark.parametrize("value", ["-1", "999999", "", "never", "1.5"])
def test_a_number_of_days_that_would_delete_too_much_or_never_end_is_refused(value):
    with pytest.raises(ImproperlyConfigured) as raised:
        number("RETENTION_DAYS", value)
    assert str(raised.value) == f"RETENTION_DAYS is {value!r}. Set it to a whole number from 0 to 36500, or unset it."


@pytest.mark.parametrize(
    ("name", "value", "range_"),
    [
        ("SECURITY_LOG_DAYS", "-1", "from 0 to 36500"),
        ("SESSION_SILENCE_MINUTES", "0", "from 1 to 52560000"),
        ("SESSION_IDLE_HOURS", "0", "from 1 to 876000"),
        ("SNAPSHOT_INTERVAL_MS", "2", "of at least 50"),
        ("ANALYSIS_THREADS", "0", "of at least 1"),
        ("KEPT_READINGS_MAX", "-5", "of at least 0"),
    ],
)
def test_other_numbers_have_bounds_too(name, value, range_):
    with pytest.raises(ImproperlyConfigured, match=f"{name} is '{value}'. Set it to a whole number {range_}, "):
        number(name, value)


@pytest.mark.parametrize(
    ("text", "is_on"),
    [(None, True), ("1", True), ("True", True), (" on ", True), ("0", False), ("off", False), ("", False)],
)
def test_a_switch_is_on_or_off(text, is_on):
    assert switch(text) is is_on


def test_a_switch_that_says_neither_is_refused():
    with pytest.raises(
        ImproperlyConfigured, match=r"HTTPS is 'enabled'. Set it to 1 \(on\) or 0 \(off\), or unset it."
    ):
        switch("enabled")


def switch(text: str | None) -> bool:
    env = Env()
    env.ENVIRON = {} if text is None else {"HTTPS": text}
    return env.bool("HTTPS", default=True)
