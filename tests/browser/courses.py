"""Courses that tests of a large class need on the server."""

from collections.abc import Sequence

from accounts.models import User
from classroom.models import Course, Enrolment


def create_course(name: str, join_code: str, students: Sequence[str]) -> None:
    """Create a course with cameras and students of these names, taught by the demo's teacher."""
    course = Course.objects.create(name=name, join_code=join_code, mode=Course.Mode.CAMERA)
    course.teachers.add(User.objects.get(email="teacher@demo.example"))
    addresses = [f"{join_code.lower()}{number}@demo.example" for number in range(len(students))]
    people = [User(email=email, name=each, role="student") for email, each in zip(addresses, students, strict=True)]
    Enrolment.objects.bulk_create(Enrolment(course=course, student=each) for each in User.objects.bulk_create(people))
