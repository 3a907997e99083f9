"""When a dashboard gets its next update: soon, but never faster than the page takes them in.

Neither daphne nor the channel layer says whether a page still reads; what is sent to a stalled one piles up in memory.
So the page confirms each update, and the next is held until then. What changes meanwhile is kept once per student.
"""

import asyncio

SHORTEST_S = 0.05
LONGEST_S = 1.0
# A dashboard may take a twentieth of its process's time: the larger the class, the rarer the updates.
REST = 20
# For a page that has never confirmed anything, as one that was loaded before an upgrade.
HOLD_UNTOLD_S = 1.0
HOLD_S = 2.0
HOLD_AT_MOST_S = 30.0


class UpdateFlow:
    def __init__(self) -> None:
        self.number = 0
        self.held_in_a_row = 0
        self.has_ever_confirmed = False
        self.confirmed = asyncio.Event()
        self.confirmed.set()

    def next_number(self) -> int:
        """Number the update that is sent now; it awaits its confirmation."""
        self.number += 1
        self.confirmed.clear()
        return self.number

    def confirm(self, number: object) -> None:
        if number == self.number:
            self.has_ever_confirmed = True
            self.held_in_a_row = 0
            self.confirmed.set()

    def rest_s(self, spent_s: float) -> float:
        """How long to gather changes after an update that took `spent_s` to make and send."""
        return min(max(SHORTEST_S, spent_s * REST), LONGEST_S)

    def hold_s(self) -> float:
        """How long to wait for the confirmation, twice as long each time it fails to come."""
        if not self.has_ever_confirmed:
            return HOLD_UNTOLD_S
        return min(HOLD_S * 2**self.held_in_a_row, HOLD_AT_MOST_S)

    async def until_confirmed(self) -> float:
        """Wait for the confirmation, not for ever; returns the seconds it took."""
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            await asyncio.wait_for(self.confirmed.wait(), self.hold_s())
        except TimeoutError:
            self.held_in_a_row = min(self.held_in_a_row + 1, 10)
        return clock() - began
