"""Decides when a dashboard gets its next update: soon, but never faster than the page takes them.

Neither daphne nor the channel layer reports whether a page still reads; messages to a stalled page pile up in memory.
So the page confirms each update, and the next one waits for that. Meanwhile only each student's latest change is kept.
"""

import asyncio

SHORTEST_REST_S = 0.05
LONGEST_REST_S = 1.0
# A dashboard may take a twentieth of its process's time, so larger classes get rarer updates.
REST_FACTOR = 20
# For a page that has never confirmed an update, such as one loaded before an upgrade.
HOLD_UNCONFIRMED_S = 1.0
HOLD_S = 2.0
LONGEST_HOLD_S = 30.0


class UpdateFlow:
    def __init__(self) -> None:
        self.number = 0
        self.held_in_a_row = 0
        self.has_ever_confirmed = False
        self.confirmed = asyncio.Event()
        self.confirmed.set()

    def next_number(self) -> int:
        """Number the update that is being sent, which now awaits confirmation."""
        self.number += 1
        self.confirmed.clear()
        return self.number

    def confirm(self, number: object) -> None:
        """Record that the page has shown an update. Only the latest counts: earlier ones are settled."""
        if number == self.number:
            self.has_ever_confirmed = True
            self.held_in_a_row = 0
            self.confirmed.set()

    def rest_s(self, spent_s: float) -> float:
        """Return how long to gather changes after an update that took `spent_s` to make and send."""
        return min(max(SHORTEST_REST_S, spent_s * REST_FACTOR), LONGEST_REST_S)

    async def wait_for_confirmation(self) -> float:
        """Wait for the confirmation, but not forever. Return the seconds it took."""
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            async with asyncio.timeout(self.hold_s()):
                await self.confirmed.wait()
        except TimeoutError:
            self.held_in_a_row = min(self.held_in_a_row + 1, 10)
        return clock() - began

    def hold_s(self) -> float:
        """Return how long to wait for a confirmation, which doubles each time none comes."""
        if not self.has_ever_confirmed:
            return HOLD_UNCONFIRMED_S
        return min(HOLD_S * 2**self.held_in_a_row, LONGEST_HOLD_S)
