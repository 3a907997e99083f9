"""The rule that slows a class down, and its effect on a simulated class."""

import heapq
import random
from dataclasses import dataclass, field

import pytest

from classroom.consumers.pacing import TARGET_WAIT_MS, Pace

pytestmark = pytest.mark.any_database
SHORTEST_MS, LONGEST_MS, STALE_S = 1500, 8000, 3.0


def pace(interval_ms: float = SHORTEST_MS) -> Pace:
    return Pace(shortest_ms=SHORTEST_MS, longest_ms=LONGEST_MS, interval_ms=interval_ms)


def test_short_wait_keeps_the_shortest_interval():
    calm = pace()
    calm.record_wait(TARGET_WAIT_MS)
    assert calm.interval_ms == SHORTEST_MS


def test_interval_grows_with_the_wait():
    little, much, most = pace(), pace(), pace()
    little.record_wait(1.5 * TARGET_WAIT_MS)
    much.record_wait(2 * TARGET_WAIT_MS)
    most.record_wait(9 * TARGET_WAIT_MS)
    assert [each.interval_ms for each in (little, much, most)] == pytest.approx([1522.5, 1545, 1860])


def test_wait_at_most_doubles_the_interval():
    overloaded = pace()
    overloaded.record_wait(100 * TARGET_WAIT_MS)
    assert overloaded.interval_ms == 3000


def test_loss_doubles_the_interval():
    lossy = pace()
    lossy.record_loss()
    assert lossy.interval_ms == 3000


def test_interval_never_exceeds_the_longest():
    overloaded = pace(7000)
    overloaded.record_loss()
    assert overloaded.interval_ms == LONGEST_MS


def test_load_never_shortens_an_interval_that_is_longer_than_the_longest():
    slow = Pace(shortest_ms=15_000, longest_ms=LONGEST_MS)
    slow.record_loss()
    assert slow.interval_ms == 15_000
    slow.record_wait(4 * TARGET_WAIT_MS)
    assert slow.interval_ms == 15_000


def test_calm_shortens_the_interval_gradually():
    recovering = pace(3000)
    recovering.record_wait(0)
    assert recovering.interval_ms == pytest.approx(2857, abs=1)
    for _ in range(40):
        recovering.record_wait(0)
    assert recovering.interval_ms == SHORTEST_MS


def test_interval_shrinks_less_the_closer_the_wait_is_to_the_target():
    waits = (0, 0.5 * TARGET_WAIT_MS, TARGET_WAIT_MS)
    recovering = [pace(3000) for _ in waits]
    for each, wait in zip(recovering, waits, strict=True):
        each.record_wait(wait)
    assert [each.interval_ms for each in recovering] == pytest.approx([2857, 2927, 3000], abs=1)


def test_longest_interval_shrinks_by_a_tenth_at_a_time():
    standing = pace(LONGEST_MS)
    standing.record_wait(0)
    assert standing.interval_ms == pytest.approx(LONGEST_MS / 1.1)


def test_faster_of_two_gives_up_more_and_recovers_no_more():
    fast, slow = pace(1500), pace(3000)
    before = 1 / fast.interval_ms - 1 / slow.interval_ms
    for each in (fast, slow):
        each.record_loss()
        each.record_wait(0)
    assert 0 < 1 / fast.interval_ms - 1 / slow.interval_ms < before


def test_first_credits_are_spread_over_one_interval():
    assert [pace().first_delay_s(chance) for chance in (0.0, 0.5, 1.0)] == [0.0, 0.75, 1.5]


def test_intervals_vary_by_a_tenth():
    assert [pace(2000).next_interval_s(chance) for chance in (0.0, 0.5, 1.0)] == pytest.approx([1.8, 2.0, 2.2])


def test_interval_begins_when_a_worker_takes_the_snapshot():
    waited = pace(2000)
    waited.record_wait(TARGET_WAIT_MS)
    assert waited.next_interval_s(0.5) == pytest.approx(2.1)
    waited.record_loss()
    assert waited.next_interval_s(0.5) == pytest.approx(4.0)


def test_wait_never_makes_an_interval_longer_than_the_longest():
    waited = pace(LONGEST_MS)
    waited.record_wait(3000)
    assert waited.next_interval_s(0.5) == pytest.approx(LONGEST_MS / 1000)


@dataclass
class School:
    """Students who follow the rule, with one queue and workers of a known speed, in simulated time."""

    students: int
    per_s: float
    workers: int = 2
    analysed: list[tuple[int, float, float]] = field(default_factory=list)
    shed: int = 0

    def run(self, seconds: float) -> "School":
        chance = random.Random(5).random
        paces = [pace() for _ in range(self.students)]
        credits = [(each.first_delay_s(chance()), student) for student, each in enumerate(paces)]
        heapq.heapify(credits)
        free = [0.0] * self.workers
        while (next_credit := heapq.heappop(credits))[0] < seconds:
            granted, student = next_credit
            end = self._analyse(paces[student], student, granted + 0.04, free, chance())
            heapq.heappush(credits, (max(granted + paces[student].next_interval_s(chance()), end), student))
        return self

    def _analyse(self, of_student: Pace, student: int, received: float, free: list[float], chance: float) -> float:
        worker = free.index(min(free))
        begun = max(received, free[worker])
        wait = begun - received
        if wait > STALE_S:
            self.shed += 1
            of_student.record_loss()
            return begun
        free[worker] = begun + self.workers / self.per_s * (0.7 + 0.6 * chance)
        self.analysed.append((student, received, wait))
        of_student.record_wait(wait * 1000)
        return free[worker]

    def waits_ms(self, since: float) -> list[float]:
        return sorted(1000 * wait for _, received, wait in self.analysed if received >= since)


def test_class_within_capacity_is_not_slowed_down():
    school = School(students=50, per_s=80).run(120)
    assert len(school.analysed) >= 50 * 120 / 1.5 * 0.98
    assert school.waits_ms(since=0)[-1] < TARGET_WAIT_MS


@pytest.mark.parametrize("students", [150, 240])
def test_class_beyond_capacity_settles_at_the_speed_of_the_workers(students):
    school = School(students=students, per_s=80).run(300)
    waits = school.waits_ms(since=30)
    assert school.shed / (len(school.analysed) + school.shed) < 0.01
    assert len(waits) / 270 > 0.95 * 80
    assert waits[len(waits) // 2] < 1.25 * TARGET_WAIT_MS
    assert waits[int(0.95 * len(waits))] < 2.5 * TARGET_WAIT_MS


def test_class_beyond_capacity_shares_it_evenly():
    school = School(students=240, per_s=80).run(300)
    shares = [sum(1 for student, received, _ in school.analysed if student == each) for each in range(240)]
    assert max(shares) < 1.4 * min(shares)


def test_class_recovers_after_the_workers_were_gone():
    school = School(students=100, per_s=80)
    busy = School._analyse

    def analyse(of_student, student, received, free, chance):
        free[:] = [max(each, 50.0) if 30 < received < 50 else each for each in free]
        return busy(school, of_student, student, received, free, chance)

    school._analyse = analyse
    late = school.run(200).waits_ms(since=100)
    assert late[int(0.95 * len(late))] < TARGET_WAIT_MS
    assert len(late) / 100 > 0.95 * 100 / 1.5
