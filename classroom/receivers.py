"""What happens elsewhere and concerns open sockets: consent, sign-out, enrolment, teaching."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.consent import consent_changed
from accounts.models import User
from classroom import events
from classroom.models import Course, Enrolment


@receiver(consent_changed)
def tell_sockets_of_consent(user: User, **_: Any) -> None:
    events.publish(events.user_group(user.pk), {"type": "consent.changed"})


@receiver(user_logged_out)
def close_sockets_of_sign_in(request: HttpRequest | None, user: User | None, **_: Any) -> None:
    if request is None or user is None:
        return
    sign_in = events.sign_in_digest(request.session.session_key)
    events.publish(events.user_group(user.pk), {"type": "user.signed.out", "sign_in": sign_in})


@receiver(post_delete, sender=Enrolment)
def recheck_removed_student(instance: Enrolment, **_: Any) -> None:
    _recheck(instance.student_id)


@receiver(m2m_changed, sender=Course.teachers.through)
def recheck_removed_teachers(action: str, reverse: bool, pk_set: set[int] | None, **_: Any) -> None:
    if action == "post_remove" and not reverse:
        for user_id in pk_set or ():
            _recheck(user_id)


def _recheck(user_id: int) -> None:
    transaction.on_commit(lambda: events.publish(events.user_group(user_id), {"type": "access.changed"}))
