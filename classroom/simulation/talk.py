"""What the students of a talkative simulated class say while they attend."""

import asyncio
import random

from classroom.simulation.people import SimulatedStudent

# Most say something about once a minute, and hands go up now and then.
PAUSE_S = (10.0, 90.0)
HANDS = 0.25
ANSWERS = {"all_good": 5, "lost": 3, "too_fast": 2, "too_slow": 1}


async def talk(student: SimulatedStudent, *, seed: int) -> None:
    """Until cancelled, an answer or a moved hand after each pause; the first comes soon."""
    chance = random.Random(seed)  # noqa: S311  # plays a part and keeps no secret
    hand_is_up = False
    pause_s = chance.uniform(1.0, PAUSE_S[0])
    while True:
        await asyncio.sleep(pause_s)
        pause_s = chance.uniform(*PAUSE_S)
        if hand_is_up or chance.random() < HANDS:
            hand_is_up = not hand_is_up
            await student.say({"type": "hand", "up": hand_is_up})
        else:
            [answer] = chance.choices(list(ANSWERS), list(ANSWERS.values()))
            await student.say({"type": "say", "answer": answer})
