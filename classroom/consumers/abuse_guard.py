"""Distinguishes a client's mistakes, which are answered, from an attacker's messages, which end the connection."""

import time
from collections import deque

from asgiref.sync import sync_to_async

from classroom.consumers import close_codes
from classroom.infra.rate_limits import MAX_COMMANDS_PER_MINUTE, MINUTE_S, count_event

# The page may send a frame late, after its credit expired; it never does so ten times in a row.
MAX_UNREQUESTED_FRAMES = 10
MAX_MALFORMED_MESSAGES = 20
# A page that reconnects waits longer each time. Reloading every two seconds stays below this.
MAX_CONNECTIONS_PER_MINUTE = 30
UNREQUESTED = ("not_requested", "paused", "no_consent", "no_camera_course")


class AbuseGuard:
    """Counts the violations of one connection since its last good frame, and its commands of the last minute."""

    def __init__(self) -> None:
        self.unrequested = 0
        self.malformed = 0
        self.commands: deque[float] = deque(maxlen=MAX_COMMANDS_PER_MINUTE + 1)

    def reset(self) -> None:
        self.unrequested = self.malformed = 0

    def record_violation(self, refusal_code: str) -> int | None:
        """Count a rejected message. Returns the code to close with once there are too many."""
        if refusal_code in UNREQUESTED:
            self.unrequested += 1
            return close_codes.FLOOD if self.unrequested >= MAX_UNREQUESTED_FRAMES else None
        self.malformed += 1
        return close_codes.MALFORMED if self.malformed >= MAX_MALFORMED_MESSAGES else None

    def exceeds_command_rate(self) -> bool:
        """Count a command. Returns whether there are more per minute than a person can click."""
        now = time.monotonic()
        self.commands.append(now)
        return len(self.commands) > MAX_COMMANDS_PER_MINUTE and now - self.commands[0] < MINUTE_S


async def user_exceeds_command_rate(user_id: int) -> bool:
    """Count a command of the user, across all their sockets."""
    return await _count("commands", user_id) > MAX_COMMANDS_PER_MINUTE


async def user_exceeds_connection_rate(user_id: int) -> bool:
    """Count a socket that the user opens, even if it may not stay open."""
    return await _count("connections", user_id) > MAX_CONNECTIONS_PER_MINUTE


async def _count(name: str, user_id: int) -> int:
    return await sync_to_async(count_event, thread_sensitive=False)(name, user_id, period_s=MINUTE_S)
