import pytest

from classroom.domain.courses import NotAStudent, UnknownJoinCode, enrol_by_code
from classroom.models import Enrolment
from classroom.models.course import JOIN_CODE_ALPHABET, new_join_code
from tests import factories

pytestmark = pytest.mark.django_db


def test_second_enrolment_returns_the_existing_one():
    course, student = factories.course(), factories.user()
    assert enrol_by_code(student=student, join_code=course.join_code) == (course, True)
    assert enrol_by_code(student=student, join_code=course.join_code) == (course, False)
    assert Enrolment.objects.count() == 1


@pytest.mark.parametrize(
    "typed", ["stat2345", " STAT 2345 ", "stat-2345", "STAT\t2345", "STAT–2345", "“STAT\u200b2345.”"]
)
def test_join_code_ignores_case_spaces_and_signs(typed):
    course = factories.course(join_code="STAT2345")
    assert enrol_by_code(student=factories.user(), join_code=typed)[0] == course


@pytest.mark.parametrize("typed", ["ＳＴＡＴ２３４５", "stat२३४५", "STAT٢٣٤٥", "SТАТ2345", "sΤΑΤ2345"])
def test_join_code_may_come_from_another_keyboard(typed):
    course = factories.course(join_code="STAT2345")
    assert enrol_by_code(student=factories.user(), join_code=typed)[0] == course


@pytest.mark.parametrize("typed", ["", "   ", "STAT2346", "STAT234", "²³", "स्टैट", "-"])
def test_unknown_join_code_raises(typed):
    factories.course(join_code="STAT2345")
    with pytest.raises(UnknownJoinCode):
        enrol_by_code(student=factories.user(), join_code=typed)


@pytest.mark.parametrize("role", ["teacher", "administrator"])
def test_enrolment_raises_for_other_roles(role):
    with pytest.raises(NotAStudent):
        enrol_by_code(student=factories.user(role), join_code=factories.course().join_code)


def test_join_codes_avoid_similar_characters():
    assert not set("0O1IL") & set(JOIN_CODE_ALPHABET)
    assert len({new_join_code() for _ in range(200)}) == 200
