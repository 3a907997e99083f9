from datetime import timedelta

import pytest
from allauth.core.context import request_context
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import SecurityEvent, User
from classroom.domain.people.changes import (
    OwnAccount,
    activate_person,
    change_person,
    deactivate_person,
    delete_person,
    sign_out_everywhere,
)
from classroom.domain.people.deletion import NotATeacher, StillNeeded
from tests import factories
from tests.classroom.consumers.sockets import student_socket
from tests.classroom.domain.imports.plans import write
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return factories.user("administrator")


def delete(user, by, successor=None):
    delete_person(user=user, by=by, successor=successor, now=NOW)


def deactivate(user, by, successor=None):
    deactivate_person(user=user, by=by, successor=successor)


@pytest.mark.parametrize("leave", [delete, deactivate])
def test_only_teacher_of_a_course_leaves_with_a_successor_alone(leave, by):
    course, successor = factories.course(), factories.teacher()
    teacher = course.teachers.get()
    with pytest.raises(StillNeeded) as needed:
        leave(teacher, by)
    assert needed.value.courses == [course]
    for unfit in (teacher, factories.user(), factories.user("teacher", is_active=False)):
        with pytest.raises(NotATeacher):
            leave(teacher, by, unfit)
    assert User.objects.get(pk=teacher.pk).is_active
    leave(teacher, by, successor)
    assert successor in course.teachers.all()
    assert not User.objects.filter(pk=teacher.pk, is_active=True).exists()


@pytest.mark.parametrize("leave", [delete, deactivate])
def test_administrators_do_not_shut_themselves_out(leave, by):
    factories.user("administrator")
    with pytest.raises(OwnAccount):
        leave(by, by)
    with pytest.raises(OwnAccount):
        change_person(user=by, by=by, changed=["role"], values={"role": "teacher"})


def deactivate_in_admin(user, by):
    administrator = Client()
    administrator.force_login(by)
    administrator.post(
        f"/admin/accounts/user/{user.pk}/change/", {"email": user.email, "name": "Ada", "role": user.role}
    )


def deactivate_by_file(user, by):
    write(f"email,status\n{user.email},inactive\n", actor=by)


@pytest.mark.parametrize("close", [deactivate, deactivate_in_admin, deactivate_by_file])
def test_activated_account_has_none_of_its_former_sign_ins(client, close, by):
    user = factories.user("teacher")
    client.force_login(user)
    close(user, by)
    user.refresh_from_db()
    assert not user.is_active
    activate_person(user=user)
    assert client.get("/accounts/").status_code == 302


@pytest.mark.parametrize("leave", [delete, deactivate])
def test_last_administrator_who_can_sign_in_stays(leave, by):
    other = factories.user("administrator")
    User.objects.filter(pk=by.pk).update(is_active=False)
    with pytest.raises(StillNeeded) as needed:
        leave(other, by)
    assert needed.value.courses == []


def test_role_of_the_only_teacher_of_a_course_does_not_change(by):
    teacher = factories.course().teachers.get()
    with pytest.raises(StillNeeded):
        change_person(user=teacher, by=by, changed=["role"], values={"role": "administrator"})
    teacher.refresh_from_db()
    assert teacher.role == "teacher"


def test_new_administrator_is_no_superuser(by):
    user = factories.user("teacher")
    change_person(user=user, by=by, changed=["role"], values={"role": "administrator"})
    user.refresh_from_db()
    assert (user.role, user.is_staff, user.is_superuser) == ("administrator", False, False)


@pytest.mark.django_db(transaction=True)
def test_changes_are_recorded_and_the_old_address_is_told(by, rf):
    user = factories.user(name="Ada")
    old = user.email
    values = {"name": "Ada Lovelace", "email": "ada@school.example", "language": "hi", "school_id": "S-1"}
    with request_context(rf.get("/")):
        change_person(user=user, by=by, changed=list(values), values=values)
    user.refresh_from_db()
    assert (user.name, user.email, user.language, user.school_id) == tuple(values.values())
    events = SecurityEvent.objects.filter(subject=user).order_by("pk")
    assert [(each.event, each.details.get("fields")) for each in events[1:]] == [
        ("name_changed", None),
        ("profile_changed", ["school_id", "language"]),
        ("email_changed", None),
    ]
    assert [sent.to for sent in mail.outbox] == [[old]]


def test_signing_out_everywhere_ends_every_session(by):
    user, browsers = factories.user(), [Client(), Client()]
    for browser in browsers:
        browser.force_login(user)
    sign_out_everywhere(user)
    assert [browser.get("/accounts/").status_code for browser in browsers] == [302, 302]


def test_sessions_of_a_deleted_person_are_gone(by):
    user, browser = factories.user(), Client()
    browser.force_login(user)
    assert Session.objects.count() == 1
    delete(user, by)
    assert Session.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("act", "code"), [(deactivate, 4401), (delete, 4401), ("sign out", 4503)])
async def test_open_socket_closes_without_a_heartbeat(act, code, by):
    session = await sync_to_async(factories.session)(started_at=timezone.now() - timedelta(minutes=1))
    student = await sync_to_async(factories.student_of)(session.course)
    async with student_socket(session, student) as socket:
        await socket.receive()
        if act == "sign out":
            await sync_to_async(sign_out_everywhere)(student)
        else:
            await sync_to_async(act)(student, by)
        assert await socket.close_code() == code
