"""Signal receivers that notify open sockets: of consent, sign-in, accounts, enrolment and teaching."""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.consent import consent_changed
from accounts.models import ConsentText, User
from classroom.domain.alerts.records import forget_alerts
from classroom.domain.history.rollups import remove_from_rollups
from classroom.infra import events
from classroom.models import ClassSession, Course, Enrolment


@receiver(consent_changed)
def notify_of_consent(user: User, **_: Any) -> None:
    _send_to_user(user.pk, {"type": "consent.changed"})


@receiver(post_save, sender=ConsentText)
def notify_of_consent_text(**_: Any) -> None:
    """A new text invalidates every consent to the old one."""
    for session_id in ClassSession.objects.running().values_list("pk", flat=True):
        _send(events.session_group(session_id), {"type": "consent.changed"})


@receiver(user_logged_out)
def close_sockets_of_sign_in(request: HttpRequest | None, user: User | None, **_: Any) -> None:
    if request is None or user is None:
        return
    sign_in = events.sign_in_digest(request.session.session_key)
    _send_to_user(user.pk, {"type": "user.signed.out", "sign_in": sign_in})


@receiver(password_changed)
@receiver(password_reset)
def reconnect_sockets_after_password_change(user: User, **_: Any) -> None:
    _send_to_user(user.pk, {"type": "sign.ins.changed"})


@receiver(post_save, sender=User)
def recheck_changed_user(instance: User, created: bool, update_fields: frozenset[str] | None, **_: Any) -> None:
    if not created and update_fields != {"last_login"}:
        _send_to_user(instance.pk, {"type": "access.changed"})


@receiver(pre_delete, sender=User)
def remove_deleted_user_from_class_figures(instance: User, **_: Any) -> None:
    """Deleting a user deletes the rows that refer to the user; figures of the whole class refer to nobody."""
    with transaction.atomic():
        remove_from_rollups(student=instance)
        forget_alerts(student=instance)


@receiver(post_delete, sender=User)
def recheck_deleted_user(instance: User, **_: Any) -> None:
    _send_to_user(instance.pk, {"type": "access.changed"})


@receiver(post_save, sender=Enrolment)
@receiver(post_delete, sender=Enrolment)
def notify_of_enrolment(instance: Enrolment, **_: Any) -> None:
    _send_to_user(instance.student_id, {"type": "access.changed"})
    for session_id in ClassSession.objects.running().filter(course=instance.course_id).values_list("pk", flat=True):
        _send(events.teachers_group(session_id), {"type": "class.changed"})


@receiver(post_save, sender=Course)
def notify_of_course(instance: Course, created: bool, **_: Any) -> None:
    """Cameras stop at once when a course is changed to read no faces."""
    if created:
        return
    for session_id in ClassSession.objects.running().filter(course=instance.pk).values_list("pk", flat=True):
        _send(events.session_group(session_id), {"type": "course.changed"})


@receiver(m2m_changed, sender=Course.teachers.through)
def recheck_removed_teachers(instance: Course, action: str, pk_set: set[int] | None, **_: Any) -> None:
    if action == "post_remove":
        for user_id in pk_set or ():
            _send_to_user(user_id, {"type": "access.changed"})
    elif action == "post_clear":
        for session_id in ClassSession.objects.running().filter(course=instance.pk).values_list("pk", flat=True):
            _send(events.session_group(session_id), {"type": "access.changed"})


def _send_to_user(user_id: int, message: dict[str, Any]) -> None:
    _send(events.user_group(user_id), message)


def _send(group: str, message: dict[str, Any]) -> None:
    transaction.on_commit(lambda: events.publish(group, message))
