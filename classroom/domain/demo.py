"""A course to try the product with."""

from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from classroom.domain.permissions import role_in
from classroom.models import Course, Enrolment

DEMO_COURSE = "Introduction to Statistics"
DEMO_JOIN_CODE = "STAT2345"
DEMO_USERS = {
    "admin@demo.example": ("Ravi Sharma", User.Role.ADMINISTRATOR),
    "teacher@demo.example": ("Marta Lindqvist", User.Role.TEACHER),
    "student1@demo.example": ("Ada Okafor", User.Role.STUDENT),
    "student2@demo.example": ("Ben Haddad", User.Role.STUDENT),
    "student3@demo.example": ("Chen Wei", User.Role.STUDENT),
}


@dataclass(frozen=True)
class Demo:
    course: Course
    users: list[User]


@transaction.atomic
def ensure_demo(*, password: str) -> Demo:
    """Create the demo course and its users if they are missing, and give every user the password."""
    users = []
    for email, (name, role) in DEMO_USERS.items():
        about = {"name": name, "role": role, "is_superuser": role == User.Role.ADMINISTRATOR}
        user, is_new = User.objects.get_or_create(email=email, defaults=about)
        if is_new or not user.check_password(password):
            user.set_password(password)
            user.save(update_fields=["password"])
        users.append(user)
    # Simulated even if an earlier version made it. Its people share one password, so nobody real belongs there.
    described = {"name": DEMO_COURSE, "description": "A course to try Attune with.", "mode": Course.Mode.CAMERA}
    course, _ = Course.objects.update_or_create(
        join_code=DEMO_JOIN_CODE, defaults={"simulated": True}, create_defaults={**described, "simulated": True}
    )
    for user in users:
        if role_in(course, user):
            continue  # from an earlier start, perhaps changed since by an administrator
        if user.is_teacher:
            course.teachers.add(user)
        elif user.is_student:
            Enrolment.objects.create(course=course, student=user)
    return Demo(course=course, users=users)
