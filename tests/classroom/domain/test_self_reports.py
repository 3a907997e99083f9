from datetime import timedelta

import pytest

from accounts.models import User
from classroom.domain.attendance import join_session, leave_session
from classroom.domain.self_reports import (
    SelfReportRefused,
    answers_by_window,
    count_self_reports,
    current_answer,
    erase_self_reports,
    lower_hand,
    raise_hand,
    raised_hand,
    record_answer,
)
from classroom.domain.sessions import end_session
from classroom.models import RaisedHand, SelfReport
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
T0 = int(NOW.timestamp())
NONE = {"too_fast": 0, "too_slow": 0, "lost": 0, "all_good": 0}


@pytest.fixture
def session():
    return factories.session()


@pytest.fixture
def student(session):
    return factories.student_of(session.course, consents=False)


def later(seconds: float):
    return NOW + timedelta(seconds=seconds)


def give_answer(session, student, answer: str, after_s: float) -> SelfReport:
    return record_answer(session=session, student=student, answer=answer, now=later(after_s))


def held(session, student, after_s: float) -> str | None:
    report = current_answer(session=session, student=student, now=later(after_s))
    return report.answer if report else None


def rows() -> list[tuple[str, float]]:
    return [(report.answer, (report.at - NOW).total_seconds()) for report in SelfReport.objects.all()]


def test_answer_needs_no_consent_and_holds_for_three_minutes(session, student):
    give_answer(session, student, "lost", 10)
    assert (held(session, student, 189), held(session, student, 190)) == ("lost", None)


def test_later_answer_replaces_the_current_one(session, student):
    give_answer(session, student, "lost", 10)
    give_answer(session, student, "all_good", 60)
    assert held(session, student, 61) == "all_good"
    assert rows() == [("lost", 10), ("all_good", 60)]


def test_same_answer_pressed_again_at_once_is_one_row(session, student):
    for after_s in (10, 11, 12):
        give_answer(session, student, "lost", after_s)
    assert rows() == [("lost", 10)]


def test_another_answer_within_seconds_corrects_the_row(session, student):
    give_answer(session, student, "lost", 10)
    give_answer(session, student, "too_fast", 12)
    assert rows() == [("too_fast", 12)]


def test_same_answer_after_a_while_holds_again(session, student):
    give_answer(session, student, "lost", 10)
    give_answer(session, student, "lost", 100)
    assert held(session, student, 270) == "lost"


def test_answer_after_clock_was_set_back_makes_no_second_row(session, student):
    give_answer(session, student, "lost", 60)
    give_answer(session, student, "all_good", 10)
    assert rows() == [("all_good", 10)]


def test_answer_of_student_who_is_not_enrolled_is_refused(session):
    with pytest.raises(SelfReportRefused):
        give_answer(session, factories.user(), "lost", 10)
    assert rows() == []


def test_hand_of_student_removed_from_course_is_refused(session, student):
    student.enrolments.all().delete()
    with pytest.raises(SelfReportRefused):
        raise_hand(session=session, student=student, now=later(1))


def test_answer_of_a_student_who_became_an_administrator_is_refused(session, student):
    User.objects.filter(pk=student.pk).update(role="administrator", is_staff=True, is_superuser=True)
    with pytest.raises(SelfReportRefused):
        give_answer(session, student, "lost", 10)


def test_answer_after_the_end_is_refused(session, student):
    end_session(session=session, now=later(60))
    with pytest.raises(SelfReportRefused):
        give_answer(session, student, "lost", 61)


def test_hand_raised_twice_is_up_since_the_first_time(session, student):
    raise_hand(session=session, student=student, now=later(1))
    assert raise_hand(session=session, student=student, now=later(9)).raised_at == later(1)
    assert RaisedHand.objects.count() == 1


def test_hand_is_lowered_once(session, student):
    raise_hand(session=session, student=student, now=later(1))
    assert lower_hand(session=session, student=student, now=later(5)) is True
    assert lower_hand(session=session, student=student, now=later(6)) is False
    assert RaisedHand.objects.get().lowered_at == later(5)


def test_hand_raised_and_lowered_within_seconds_is_one_row(session, student):
    for second in range(0, 12, 2):
        hand = raise_hand(session=session, student=student, now=later(second))
        lower_hand(session=session, student=student, now=later(second + 1))
    assert hand.raised_at == later(10)
    assert [(hand.raised_at, hand.lowered_at) for hand in RaisedHand.objects.all()] == [(later(10), later(11))]


def test_hand_raised_again_after_a_while_is_another_row(session, student):
    raise_hand(session=session, student=student, now=later(0))
    lower_hand(session=session, student=student, now=later(1))
    raise_hand(session=session, student=student, now=later(6))
    assert [hand.raised_at for hand in RaisedHand.objects.all()] == [later(0), later(6)]


def test_hand_lowered_after_clock_was_set_back_was_up_for_no_time(session, student):
    raise_hand(session=session, student=student, now=later(5))
    lower_hand(session=session, student=student, now=later(1))
    assert RaisedHand.objects.get().lowered_at == later(5)


def test_leaving_by_choice_lowers_the_hand(session, student):
    stay = join_session(session=session, student=student, now=later(0))
    raise_hand(session=session, student=student, now=later(1))
    leave_session(stay=stay, by_choice=True, now=later(5))
    assert raised_hand(session=session, student=student) is None


def test_lost_connection_leaves_the_hand_up(session, student):
    stay = join_session(session=session, student=student, now=later(0))
    hand = raise_hand(session=session, student=student, now=later(1))
    leave_session(stay=stay, by_choice=False, now=later(5))
    assert raised_hand(session=session, student=student) == hand


def test_end_of_session_lowers_every_hand(session, student):
    raise_hand(session=session, student=student, now=later(1))
    end_session(session=session, now=later(60))
    assert RaisedHand.objects.get().lowered_at == later(60)


def test_timeline_counts_the_answers_held_in_each_window(session, student):
    give_answer(session, student, "lost", 12)
    give_answer(session, factories.student_of(session.course), "lost", 25)
    give_answer(session, student, "all_good", 31)
    assert answers_by_window(session=session, until=later(53)) == [
        {"at": T0 + 10, "answers": {**NONE, "lost": 1}},
        {"at": T0 + 20, "answers": {**NONE, "lost": 2}},
        {"at": T0 + 30, "answers": {**NONE, "lost": 1, "all_good": 1}},
        {"at": T0 + 40, "answers": {**NONE, "lost": 1, "all_good": 1}},
    ]


def test_timeline_drops_an_answer_that_no_longer_holds(session, student):
    give_answer(session, student, "lost", 5)
    windows = answers_by_window(session=session, until=later(600))
    assert (windows[0]["at"], windows[-1]["at"]) == (T0, T0 + 180)


def test_timeline_ends_with_the_session(session, student):
    give_answer(session, student, "lost", 5)
    end_session(session=session, now=later(30))
    session.refresh_from_db()
    assert answers_by_window(session=session, until=later(600))[-1]["at"] == T0 + 30


def test_timeline_takes_one_query(session, student, django_assert_num_queries):
    for after_s in (1, 50, 100):
        give_answer(session, student, "lost", after_s)
    with django_assert_num_queries(1):
        answers_by_window(session=session, until=later(200))


def test_erase_deletes_answers_and_hands_of_that_student_alone(session, student):
    other = factories.student_of(session.course)
    for each in (student, other):
        give_answer(session, each, "lost", 10)
        raise_hand(session=session, student=each, now=later(11))
    assert count_self_reports(student) == 2
    assert erase_self_reports(student=student, now=later(20)) == 2
    assert (count_self_reports(student), count_self_reports(other)) == (0, 2)


def test_deleted_account_deletes_its_self_reports(session, student):
    give_answer(session, student, "lost", 10)
    raise_hand(session=session, student=student, now=later(11))
    student.delete()
    assert (SelfReport.objects.count(), RaisedHand.objects.count()) == (0, 0)
