import pytest

from accounts.models import User
from classroom.domain.demo import ensure_demo
from classroom.domain.permissions import role_in

pytestmark = pytest.mark.django_db


def test_people_keep_the_role_in_the_course_that_they_have_by_now():
    course = ensure_demo(password="a demo password").course
    student = User.objects.get(email="student1@demo.example")
    course.enrolments.filter(student=student).delete()
    course.assistants.add(student)
    promoted = User.objects.get(email="student2@demo.example")
    promoted.role = User.Role.TEACHER
    promoted.save()
    ensure_demo(password="a demo password")
    assert [role_in(course, each) for each in (student, promoted)] == ["assistant", "student"]
    assert not course.enrolments.filter(student=student).exists()
    assert not course.teachers.filter(pk=promoted.pk).exists()
