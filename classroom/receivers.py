"""What happens elsewhere and concerns open sockets: consent, sign-in, accounts, enrolment, teaching."""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.consent import consent_changed
from accounts.models import ConsentText, User
from classroom.domain.alerts.evaluation import forget_alerts
from classroom.domain.history.rollups import forget_student
from classroom.infra import events
from classroom.models import ClassSession, Course, Enrolment


@receiver(consent_changed)
def tell_sockets_of_consent(user: User, **_: Any) -> None:
    _tell_user(user.pk, {"type": "consent.changed"})


@receiver(post_save, sender=ConsentText)
def tell_sockets_of_consent_text(**_: Any) -> None:
    """With a new text every consent to the old one lapses."""
    for session_id in ClassSession.objects.running().values_list("pk", flat=True):
        _tell(events.session_group(session_id), {"type": "consent.changed"})


@receiver(user_logged_out)
def close_sockets_of_sign_in(request: HttpRequest | None, user: User | None, **_: Any) -> None:
    if request is None or user is None:
        return
    sign_in = events.sign_in_digest(request.session.session_key)
    _tell_user(user.pk, {"type": "user.signed.out", "sign_in": sign_in})


@receiver(password_changed)
@receiver(password_reset)
def reconnect_sockets_of_new_password(user: User, **_: Any) -> None:
    _tell_user(user.pk, {"type": "sign.ins.changed"})


@receiver(post_save, sender=User)
def recheck_changed_user(instance: User, created: bool, update_fields: frozenset[str] | None, **_: Any) -> None:
    if not created and update_fields != {"last_login"}:
        _tell_user(instance.pk, {"type": "access.changed"})


@receiver(pre_delete, sender=User)
def take_deleted_user_out_of_sums(instance: User, **_: Any) -> None:
    """Her own rows go with her; sums over the class have no student to go with."""
    with transaction.atomic():
        forget_student(student=instance)
        forget_alerts(student=instance)


@receiver(post_delete, sender=User)
def recheck_deleted_user(instance: User, **_: Any) -> None:
    _tell_user(instance.pk, {"type": "access.changed"})


@receiver(post_save, sender=Enrolment)
@receiver(post_delete, sender=Enrolment)
def tell_class_of_enrolment(instance: Enrolment, **_: Any) -> None:
    _tell_user(instance.student_id, {"type": "access.changed"})
    for session_id in ClassSession.objects.running().filter(course=instance.course_id).values_list("pk", flat=True):
        _tell(events.teachers_group(session_id), {"type": "class.changed"})


@receiver(post_save, sender=Course)
def tell_sockets_of_course(instance: Course, created: bool, **_: Any) -> None:
    """Cameras stop at once where a course is no longer to read faces."""
    if created:
        return
    for session_id in ClassSession.objects.running().filter(course=instance.pk).values_list("pk", flat=True):
        _tell(events.session_group(session_id), {"type": "course.changed"})


@receiver(m2m_changed, sender=Course.teachers.through)
def recheck_removed_teachers(instance: Course, action: str, pk_set: set[int] | None, **_: Any) -> None:
    if action == "post_remove":
        for user_id in pk_set or ():
            _tell_user(user_id, {"type": "access.changed"})
    elif action == "post_clear":
        for session_id in ClassSession.objects.running().filter(course=instance.pk).values_list("pk", flat=True):
            _tell(events.session_group(session_id), {"type": "access.changed"})


def _tell_user(user_id: int, message: dict[str, Any]) -> None:
    _tell(events.user_group(user_id), message)


def _tell(group: str, message: dict[str, Any]) -> None:
    transaction.on_commit(lambda: events.publish(group, message))
