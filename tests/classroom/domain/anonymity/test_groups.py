"""No sum or difference of published numbers is about fewer than five students."""

import random

import pytest

from classroom.domain.anonymity.groups import count_groups, shown_in_minute, with_new_groups
from classroom.measures import EXPRESSIONS, Sample, seen_count
from tests.factories import shares

START = 1_763_800_020  # a whole minute
FIVE = {1: "happy", 2: "happy", 3: "neutral", 4: "sad", 5: "happy"}


def samples(student: int, *after_s: float, expression: str | None = "happy") -> list[Sample]:
    probabilities = shares(expression) if expression else None
    return [Sample(student, START + at, probabilities) for at in after_s]


def test_student_read_in_each_part_of_the_minute_counts_with_the_strongest_mean():
    read = [*samples(1, 0, 25), *samples(1, 30, 45, 59.9, expression="sad")]
    assert shown_in_minute(read, start=START) == {1: "sad"}


@pytest.mark.parametrize(
    "read",
    [
        samples(1, 0, 19, 40, 59),  # nothing from second 20 to 40
        samples(1, -1, 25, 45),  # joined after the first part
        samples(1, 5, 25, 60),  # gone in the last one
        [*samples(1, 5, 25), *samples(1, 45, expression=None)],  # not recognised in the last one
        [],
    ],
)
def test_student_not_read_in_all_of_the_minute_does_not_count(read):
    assert shown_in_minute(read, start=START) == {}


@pytest.mark.parametrize(("students", "sizes"), [(0, []), (4, []), (5, [5]), (9, [5]), (10, [5, 5]), (14, [5, 5])])
def test_students_form_groups_of_five_and_the_others_wait(students, sizes):
    assert [len(group) for group in with_new_groups([], range(students))] == sizes


def test_groups_never_change_and_those_who_wait_form_the_next_one():
    first = with_new_groups([], range(7))
    assert with_new_groups(first, [5, 6, 7]) == first
    assert with_new_groups(first, [5, 6, 7, 8, 9]) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]


def test_number_counts_whole_groups_and_nobody_else():
    groups = [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]]
    counts = count_groups(groups, FIVE | {6: "angry", 11: "angry"})
    assert counts == {**dict.fromkeys([*EXPRESSIONS, "uncertain", "unread"], 0), "happy": 3, "neutral": 1, "sad": 1}


@pytest.mark.parametrize("missing", FIVE)
def test_group_without_one_of_its_members_has_no_number(missing):
    shown = {student: expression for student, expression in FIVE.items() if student != missing}
    assert count_groups([[1, 2, 3, 4, 5]], shown) is None


@pytest.mark.parametrize("seed", range(40))
def test_students_of_a_random_class_who_are_in_the_same_numbers_are_five_or_more(seed):
    """However numbers are added and subtracted, a student stands for all who are in exactly the same ones."""
    chance = random.Random(seed)
    students, present = range(chance.randint(3, 34)), set[int]()
    groups: list[list[int]] = []
    numbers: list[tuple[dict[str, int], frozenset[int]]] = []
    for _ in range(60):
        present ^= {student for student in students if chance.random() < chance.choice([0.0, 0.03, 0.3])}
        shown = {student: chance.choice(EXPRESSIONS) for student in present}
        groups = with_new_groups(groups, shown)
        if counts := count_groups(groups, shown):
            counted = frozenset(student for group in groups if set(group) <= present for student in group)
            assert seen_count(counts) == len(counted) >= 5
            numbers.append((counts, counted))
    for student in frozenset().union(*(counted for _, counted in numbers)):
        alike = [other for other in students if all((student in each) == (other in each) for _, each in numbers)]
        assert len(alike) >= 5
    for _, one in numbers:
        for _, other in numbers:
            assert len(one - other) == 0 or len(one - other) >= 5
