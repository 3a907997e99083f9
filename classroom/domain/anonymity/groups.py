"""Decides which numbers of an anonymous class may be shown: minutes of whole groups. No database.

Students who were read throughout a minute are put into groups of MIN_STUDENTS for the rest of the class. A minute's
number counts only the students of groups whose members were all read throughout it. So every number is a sum over whole
groups, and so is every sum and difference of such numbers: none is about fewer than MIN_STUDENTS students.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from classroom.measures import Counts, Sample, count_shown, mean, shown
from classroom.models.published import MIN_STUDENTS

MINUTE_S = 60
# A student was read throughout a minute if each part of it has a reading whose expression is certain.
PART_S = 20

Group = list[int]


def shown_in_minute(samples: Iterable[Sample], *, start: int) -> dict[int, str]:
    """Return, for each student who was read throughout the minute that begins at `start`, the expression that they
    show: the strongest in the mean of their certain readings."""
    own: dict[int, list[Sample]] = defaultdict(list)
    for sample in samples:
        if sample.probabilities is not None and start <= sample.at < start + MINUTE_S:
            own[sample.student_id].append(sample)
    found: dict[int, str] = {}
    for student, read in own.items():
        if {int(each.at - start) // PART_S for each in read} == set(range(MINUTE_S // PART_S)):
            average = mean(each.probabilities for each in read if each.probabilities is not None)
            found[student] = shown(average, has_face=True)
    return found


def with_new_groups(groups: Sequence[Group], students: Iterable[int]) -> list[Group]:
    """Return the groups, which never change, and new ones of the students who are in none. Fewer than MIN_STUDENTS
    wait."""
    known = {student for group in groups for student in group}
    waiting = sorted(set(students) - known)
    starts = range(0, len(waiting) - MIN_STUDENTS + 1, MIN_STUDENTS)
    return [*groups, *(waiting[start : start + MIN_STUDENTS] for start in starts)]


def count_groups(groups: Iterable[Group], shown_by: Mapping[int, str]) -> Counts | None:
    """Return how many students of the whole groups show each expression, or None if no group is whole."""
    counted = [student for group in groups if all(member in shown_by for member in group) for student in group]
    return count_shown((shown_by[student] for student in counted), present=len(counted)) if counted else None
