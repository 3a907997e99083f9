import logging

import pytest

from classroom.infra import metrics
from classroom.infra.analysis_costs import MAX_STUDENTS, is_excluded, record_cost

USUAL_S = 0.01
ADA = 1


def others_cost(cost_s: float = USUAL_S, students: int = 8) -> None:
    for student_id in range(100, 100 + students):
        assert record_cost(session_id=7, student_id=student_id, cost_s=cost_s) is False


def ada_costs(*costs_s: float) -> list[bool]:
    return [record_cost(session_id=7, student_id=ADA, cost_s=cost_s) for cost_s in costs_s]


def test_third_snapshot_of_ten_times_the_median_excludes_the_student_from_the_session():
    others_cost()
    assert ada_costs(0.1, 0.1) == [False, False]
    assert is_excluded(session_id=7, student_id=ADA) is False
    assert ada_costs(0.1) == [True]
    assert is_excluded(session_id=7, student_id=ADA) is True
    assert is_excluded(session_id=8, student_id=ADA) is False
    assert is_excluded(session_id=7, student_id=100) is False


def test_usual_snapshots_between_costly_ones_do_not_help():
    others_cost()
    assert ada_costs(13.0, USUAL_S, 13.0, USUAL_S, 13.0) == [False, False, False, False, True]


def test_snapshots_below_ten_times_the_median_exclude_nobody():
    others_cost()
    assert ada_costs(*[0.099] * 20) == [False] * 20


def test_costly_snapshots_of_different_students_exclude_nobody():
    others_cost()
    for student_id in range(20):
        assert record_cost(session_id=7, student_id=student_id % 10, cost_s=USUAL_S if student_id % 2 else 0.1) is False


def test_nobody_is_excluded_when_everyone_becomes_slower_at_once():
    """Each student's first slow snapshot may count; by the second, the median has followed."""
    others_cost()
    for _ in range(5):
        others_cost(20 * USUAL_S)
        assert ada_costs(20 * USUAL_S) == [False]


def test_student_who_sends_most_of_the_snapshots_does_not_move_the_median():
    others_cost(students=2)
    assert ada_costs(*[0.1] * 50)[:3] == [False, False, True]


def test_student_alone_is_not_excluded():
    assert ada_costs(*[13.0] * 10) == [False] * 10


def test_attacker_with_one_other_student_is_excluded_and_the_other_is_not():
    others_cost(students=1)
    assert ada_costs(13.0, 13.0, 13.0) == [False, False, True]
    others_cost(students=1)


def test_whole_frames_are_not_compared_with_faces_that_were_cut_out():
    for student_id in range(100, 110):
        record_cost(session_id=7, student_id=student_id, cost_s=USUAL_S / 20, picture="face")
    others_cost(students=1)
    assert ada_costs(*[USUAL_S] * 5) == [False] * 5
    faces = [record_cost(session_id=7, student_id=ADA, cost_s=USUAL_S, picture="face") for _ in range(3)]
    assert faces == [False, False, True]


def test_only_the_students_read_last_count():
    others_cost(students=MAX_STUDENTS)
    for student_id in range(1000, 1000 + MAX_STUDENTS):
        record_cost(session_id=9, student_id=student_id, cost_s=0.1)
    assert ada_costs(0.5, 0.5, 0.5) == [False] * 3


@pytest.mark.parametrize("more", [0, 2])
def test_exclusion_is_counted_and_logged_once(caplog, more):
    excluded, costly = metrics.EXCLUDED._value.get(), metrics.COSTLY._value.get()
    others_cost()
    with caplog.at_level(logging.WARNING):
        ada_costs(*[0.25] * (3 + more))
    assert metrics.EXCLUDED._value.get() - excluded == 1
    assert metrics.COSTLY._value.get() - costly == 3 + more
    assert [record.getMessage() for record in caplog.records] == [
        "Student 1 gets no further credits in session 7: 3 snapshots took over 10 times the usual CPU time, the last "
        "one 0.25 s."
    ]
