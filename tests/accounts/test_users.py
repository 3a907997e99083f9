import pytest
from django.db import IntegrityError

from accounts.models import User
from tests import factories

pytestmark = pytest.mark.django_db


def test_only_administrators_are_staff():
    staff = {role: factories.user(role).is_staff for role in User.Role.values}
    assert staff == {"student": False, "teacher": False, "administrator": True}


def test_changing_the_role_changes_access():
    user = factories.user("administrator")
    user.role = User.Role.TEACHER
    user.save()
    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser) == (False, False)


def test_database_refuses_student_with_staff_access():
    user = factories.user()
    with pytest.raises(IntegrityError):
        User.objects.filter(pk=user.pk).update(is_superuser=True)


def test_create_superuser_creates_an_administrator():
    assert User.objects.create_superuser("a@example.org", "x", name="A").role == "administrator"


def test_user_without_address_is_refused():
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user("", "x", name="A")


def test_two_users_cannot_share_an_address():
    user = factories.user()
    with pytest.raises(IntegrityError):
        User.objects.create_user(user.email, "x", name="B")
