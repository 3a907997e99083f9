"""The lesson of `make demo`: five minutes that show what the dashboard is for. The cameras' pictures are drawn, but the
resulting readings, sentence and alerts are the server's own."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from classroom.simulation.people import SimulatedStudent, SimulatedTeacher
from classroom.simulation.script import Elapsed


@dataclass(frozen=True)
class Step:
    """An event at `at_s`: the student joins or sends commands, or the teacher marks the moment or lowers the student's
    hand. `text` describes it in the terminal."""

    at_s: float
    text: str
    student: int | None = None
    joins: bool = False
    commands: tuple[dict, ...] = ()
    marker: str = ""
    lowers_hand: bool = False


@dataclass(frozen=True)
class Lesson:
    """`acts` are those of script.drawn_script. Students with a step that joins come then, those in `absent` never, and
    all others before the class begins."""

    topic: str
    students: int
    seconds: int
    acts: Sequence[tuple[float, Sequence[str]]]
    steps: Sequence[Step]
    absent: frozenset[int]

    def arrive_later(self) -> set[int]:
        return {step.student for step in self.steps if step.student is not None and step.joins}


CALM = "neutral happy neutral neutral happy neutral surprise neutral neutral happy neutral neutral".split()
LOST = "sad sad neutral sad sad sad sad neutral sad sad sad neutral".split()
RELIEVED = "happy neutral happy neutral happy happy neutral neutral happy neutral happy neutral".split()
# Student 9 is out of view for longer than the delay of the alert about that.
ONE_GONE = [*RELIEVED[:9], "absent", *RELIEVED[10:]]

DEMO_LESSON = Lesson(
    topic="Standard deviation, with drawn students",
    students=12,
    seconds=300,
    acts=((0, CALM), (45, LOST), (105, RELIEVED), (135, ONE_GONE), (240, RELIEVED)),
    absent=frozenset({11}),
    steps=(
        Step(20, "{name} joins after the others.", student=8, joins=True),
        Step(40, "The teacher marks the moment: a formula.", marker="Formula on the board"),
        Step(45, "Most faces turn sad. The sentence and the alerts follow within half a minute."),
        Step(
            55,
            "{name} says “I am lost” and raises a hand.",
            student=3,
            commands=({"type": "say", "answer": "lost"}, {"type": "hand", "up": True}),
        ),
        Step(62, "{name} says “too fast”.", student=5, commands=({"type": "say", "answer": "too_fast"},)),
        Step(70, "{name} says “I am lost”, too.", student=9, commands=({"type": "say", "answer": "lost"},)),
        Step(95, "The teacher explains it again, with an example.", marker="Once more, with an example"),
        Step(105, "The faces clear up. The alerts end soon."),
        Step(
            115,
            "The teacher takes {name}'s question and lowers the hand; {name} says “all good”.",
            student=3,
            lowers_hand=True,
            commands=({"type": "say", "answer": "all_good"},),
        ),
        Step(135, "{name} walks away from the camera. After a minute an alert says so.", student=9),
        Step(150, "{name} pauses the camera.", student=2, commands=({"type": "pause"},)),
        Step(230, "{name} leaves.", student=6, commands=({"type": "leave"},)),
        Step(240, "{name} is back.", student=9),
    ),
)


async def play(
    lesson: Lesson,
    elapsed: Elapsed,
    teacher: SimulatedTeacher,
    students: Sequence[SimulatedStudent],
    *,
    join: Callable[[SimulatedStudent], object],
    log: Callable[[str], None],
) -> None:
    """Take the steps at their times and return at the end of the lesson. `join` makes a student come to class."""
    log(f"  0:00  {len(students) - len(lesson.absent) - len(lesson.arrive_later())} students are in class.")
    for number in sorted(lesson.absent):
        log(f"        {students[number].name} does not come.")
    for step in lesson.steps:
        await asyncio.sleep(max(0.0, step.at_s - elapsed()))
        student = None if step.student is None else students[step.student]
        minutes, seconds = divmod(int(step.at_s), 60)
        log(f"  {minutes}:{seconds:02}  {step.text.format(name=student.name if student else '')}")
        if step.marker:
            await teacher.add_marker(step.marker)
        if student is None:
            continue
        if step.joins:
            join(student)
        if step.lowers_hand:
            await teacher.lower_hand(student.id)
        for command in step.commands:
            await student.send(command)
    await asyncio.sleep(max(0.0, lesson.seconds - elapsed()))
