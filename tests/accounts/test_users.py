import pytest
from django.db import IntegrityError

from accounts.models import DEFAULT_ORGANISATION, Organisation, User
from tests import factories

pytestmark = pytest.mark.django_db


def test_only_administrators_are_superusers_and_superusers_are_staff():
    made = {role: factories.user(role, is_superuser=True) for role in User.Role.values}
    assert {role for role, user in made.items() if user.is_staff and user.is_superuser} == {"administrator"}
    assert not factories.user("administrator", is_superuser=False).is_staff


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
    user = User.objects.create_superuser("a@example.org", "x", name="A")
    assert (user.role, user.is_superuser, user.organisation_id) == ("administrator", True, DEFAULT_ORGANISATION)


def test_user_without_address_is_refused():
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user("", "x", name="A")


def test_two_users_cannot_share_an_address():
    user = factories.user()
    with pytest.raises(IntegrityError):
        User.objects.create_user(user.email, "x", name="B")


def test_school_id_is_unique_in_an_organisation():
    factories.user(school_id="A-17")
    factories.user(school_id="A-17", organisation=Organisation.objects.create(name="Other"))


def test_two_users_cannot_share_a_school_id():
    for _ in range(2):
        factories.user()  # without one
    factories.user(school_id="A-17")
    with pytest.raises(IntegrityError):
        factories.user(school_id="A-17")


def test_administrator_edits_the_school_id(client):
    other, student = factories.user(school_id="A-17"), factories.user()
    client.force_login(factories.user("administrator"))
    page = f"/admin/accounts/user/{student.pk}/change/"
    fields = {"email": student.email, "name": student.name, "role": "student", "time_zone": "", "is_active": "on"}
    refused = client.post(page, fields | {"school_id": " A-17 "})
    assert "Another account has this ID." in refused.content.decode()
    assert client.post(page, fields | {"school_id": " 0018 "}).status_code == 302
    student.refresh_from_db()
    assert (student.school_id, other.school_id) == ("0018", "A-17")
