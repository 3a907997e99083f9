"""Signal receivers that notify open sockets of changes, and keep figures, removals and retention in step with them."""

import logging
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, ParamSpec

from allauth.account.signals import password_changed, password_reset
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.browser_sessions.sign_outs import browser_signed_out, signed_out_everywhere
from accounts.invitations.lifecycle import invitation_accepted
from accounts.models import Invitation, User
from classroom.domain.alerts.records import forget_alerts
from classroom.domain.courses.invitations import enrol_invited
from classroom.domain.courses.membership import record_exits, record_removal
from classroom.domain.history.rollups import remove_from_rollups
from classroom.domain.retention import purge_at_sign_in
from classroom.infra import events
from classroom.infra.last_runs import RETENTION, record_run
from classroom.models import ClassSession, Course, Enrolment, JoinRequest, Removal

P = ParamSpec("P")
logger = logging.getLogger(__name__)


@receiver(user_logged_out)
def close_sockets_of_sign_in(request: HttpRequest | None, user: User | None, **_: Any) -> None:
    """Signing out closes the sockets of that browser, not those of other devices."""
    if request is None or user is None:
        return
    sign_in = events.sign_in_digest(request.session.session_key)
    _publish(events.publish_signed_out, user.pk, sign_in)


@receiver(browser_signed_out)
def close_sockets_of_ended_browser(user_id: int, session_key: str, **_: Any) -> None:
    _publish(events.publish_signed_out, user_id, events.sign_in_digest(session_key))


@receiver(signed_out_everywhere)
def close_all_sockets(user_id: int, **_: Any) -> None:
    """The pages reconnect at once and are refused."""
    _publish(events.publish_sign_ins_changed, user_id)


@receiver(user_logged_in)
def delete_expired_data_at_sign_in(**_: Any) -> None:
    """For embedded operation, which has no beat: at most once a minute."""
    if not settings.EMBEDDED or not cache.add("too-old-deleted", 1, 60):
        return
    now = timezone.now()
    try:
        with transaction.atomic():
            purge_at_sign_in(now=now)
        record_run(RETENTION, now=now)
    except DatabaseError as error:
        # The database is read-only or busy: signing in goes on, and the next sign-in deletes.
        logger.warning("could not delete what is too old: %s", error)


@receiver(password_changed)
@receiver(password_reset)
def reconnect_sockets_after_password_change(user: User, **_: Any) -> None:
    _publish(events.publish_sign_ins_changed, user.pk)


@receiver(post_save, sender=User)
def recheck_changed_user(instance: User, created: bool, update_fields: frozenset[str] | None, **_: Any) -> None:
    if not created and update_fields != {"last_login"}:
        _publish(events.publish_access_changed, events.user_group(instance.pk))


@receiver(pre_delete, sender=User)
def remove_deleted_user_from_class_figures(instance: User, **_: Any) -> None:
    """Deleting a user only deletes the rows that refer to the user, and figures of the whole class refer to nobody."""
    with transaction.atomic():
        remove_from_rollups(student=instance)
        forget_alerts(student=instance)


@receiver(post_delete, sender=User)
def recheck_deleted_user(instance: User, **_: Any) -> None:
    _publish(events.publish_access_changed, events.user_group(instance.pk))


@receiver(post_save, sender=Enrolment)
@receiver(post_delete, sender=Enrolment)
def notify_of_enrolment(instance: Enrolment, **_: Any) -> None:
    _publish(events.publish_access_changed, events.user_group(instance.student_id))
    notify_of_class(instance=instance)


@receiver(post_save, sender=JoinRequest)
@receiver(post_delete, sender=JoinRequest)
def notify_of_class(instance: Enrolment | JoinRequest, **_: Any) -> None:
    for session_id in ClassSession.objects.running().filter(course=instance.course_id).values_list("pk", flat=True):
        _publish(events.publish_class_changed, session_id)


@receiver(post_delete, sender=Enrolment)
def remember_removal(instance: Enrolment, origin: Any, **_: Any) -> None:
    """Except when the course or the student is deleted, and the enrolment with it."""
    if isinstance(origin, Enrolment) or getattr(origin, "model", None) is Enrolment:
        now = timezone.now()
        record_exits(enrolments=[instance], now=now)
        record_removal(course=instance.course, student=instance.student, now=now)


@receiver(post_save, sender=Enrolment)
def forget_removal(instance: Enrolment, created: bool, **_: Any) -> None:
    """Except a block, which only a teacher or an administrator lifts."""
    if created:
        whose = {"course": instance.course_id, "student": instance.student_id}
        Removal.objects.filter(**whose, blocked=False).delete()
        JoinRequest.objects.filter(**whose).delete()


@receiver(invitation_accepted)
def enter_courses_of_invitation(invitation: Invitation, user: User, **_: Any) -> None:
    enrol_invited(invitation=invitation, user=user)


@receiver(post_save, sender=Course)
def notify_of_course(instance: Course, created: bool, **_: Any) -> None:
    """Cameras stop at once when a course is changed to read no faces."""
    if created:
        return
    for session_id in ClassSession.objects.running().filter(course=instance.pk).values_list("pk", flat=True):
        _publish(events.publish_course_changed, session_id)


@receiver(m2m_changed, sender=Course.teachers.through)
@receiver(m2m_changed, sender=Course.assistants.through)
def recheck_removed_staff(
    sender: Any, instance: Course | User, action: str, pk_set: set[int] | None, reverse: bool, **_: Any
) -> None:
    removed: Iterable[int] = ()
    if action == "post_remove":
        removed = [instance.pk] if reverse else pk_set or ()
    elif action == "pre_clear":  # afterwards it is unknown who they were
        rows = sender.objects.filter(**{"user" if reverse else "course": instance.pk})
        removed = list(rows.values_list("user_id", flat=True))
    for user_id in removed:
        _publish(events.publish_access_changed, events.user_group(user_id))


def _publish(publish: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    """Publish once the transaction is committed, so that sockets read what has changed."""
    transaction.on_commit(partial(publish, *args, **kwargs))
