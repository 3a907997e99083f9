"""The answers and raised hands of students in a talkative simulated class."""

import asyncio
import random

from classroom.simulation.people import SimulatedStudent

# Most students answer about once a minute and raise a hand now and then.
PAUSE_S = (10.0, 90.0)
HAND_SHARE = 0.25
ANSWERS = {"all_good": 5, "lost": 3, "too_fast": 2, "too_slow": 1}


async def talk(student: SimulatedStudent, *, seed: int) -> None:
    """Send an answer or move a hand after each pause, until cancelled. The first pause is short."""
    chance = random.Random(seed)  # noqa: S311  # a simulation, not a secret
    hand_is_up = False
    pause_s = chance.uniform(1.0, PAUSE_S[0])
    while True:
        await asyncio.sleep(pause_s)
        pause_s = chance.uniform(*PAUSE_S)
        if hand_is_up or chance.random() < HAND_SHARE:
            hand_is_up = not hand_is_up
            await student.send({"type": "hand", "up": hand_is_up})
        else:
            [answer] = chance.choices(list(ANSWERS), list(ANSWERS.values()))
            await student.send({"type": "say", "answer": answer})
