"""Telling a client's mistakes, which are answered, from what only an attacker does, which ends the connection."""

import time
from collections import deque

from classroom.consumers import close_codes

# Our page may send a frame late, after its credit was given up; it never does so ten times in a row.
UNASKED_FRAMES = 10
BAD_MESSAGES = 20
COMMANDS_A_MINUTE = 60


class Manners:
    def __init__(self) -> None:
        self.unasked = 0
        self.bad = 0
        self.commands: deque[float] = deque(maxlen=COMMANDS_A_MINUTE)

    def behaved(self) -> None:
        self.unasked = self.bad = 0

    def misbehaved(self, refusal: str) -> int | None:
        """Count a refused message; the code to close with once it is too much."""
        if refusal in ("not_requested", "paused", "no_consent", "no_camera_course"):
            self.unasked += 1
            return close_codes.FLOOD if self.unasked >= UNASKED_FRAMES else None
        self.bad += 1
        return close_codes.MALFORMED if self.bad >= BAD_MESSAGES else None

    def is_restless(self) -> bool:
        """Count a command; true once there are more a minute than a person can click."""
        now = time.monotonic()
        self.commands.append(now)
        return len(self.commands) == COMMANDS_A_MINUTE and now - self.commands[0] < 60
