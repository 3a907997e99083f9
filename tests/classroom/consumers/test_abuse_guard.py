import itertools

import pytest

from classroom.consumers.abuse_guard import AbuseGuard


def closes(guard: AbuseGuard, refusal_code: str, times: int) -> list[int | None]:
    return [guard.record_violation(refusal_code) for _ in range(times)]


@pytest.mark.parametrize("refusal_code", ["not_requested", "paused", "no_consent", "no_camera_course"])
def test_ten_unrequested_frames_in_a_row_close_the_socket(refusal_code):
    assert closes(AbuseGuard(), refusal_code, 10) == [None] * 9 + [4429]


def test_twenty_malformed_messages_in_a_row_close_the_socket():
    assert closes(AbuseGuard(), "text_frame", 20) == [None] * 19 + [4400]


def test_good_frame_resets_both_counts():
    guard = AbuseGuard()
    closes(guard, "paused", 9)
    closes(guard, "text_frame", 19)
    guard.reset()
    assert [guard.record_violation("paused"), guard.record_violation("text_frame")] == [None, None]


def test_more_than_sixty_commands_within_a_minute_exceed_the_rate(monkeypatch):
    monkeypatch.setattr("time.monotonic", lambda: 1000.0)
    guard = AbuseGuard()
    assert [guard.exceeds_command_rate() for _ in range(61)] == [False] * 60 + [True]


def test_commands_a_second_apart_do_not_exceed_the_rate(monkeypatch):
    times = itertools.count()
    monkeypatch.setattr("time.monotonic", lambda: 1.0 * next(times))
    guard = AbuseGuard()
    assert not any(guard.exceeds_command_rate() for _ in range(130))
