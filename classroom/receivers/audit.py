"""Signal receivers that record changes to courses and their settings in the audit log, whichever page makes them."""

from typing import Any

from django.db.models import CharField, Model, TextField
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.dispatch import receiver

from accounts.security_log.events import Event, record
from classroom.domain.courses.staff import STAFF_EVENTS
from classroom.models import AlertRule, Course

# These have their own events, or are derived from others: the join code, the camera, the sort key.
UNWATCHED = {
    *("id", "created_at", "join_code", "sort_key", "course", "kind"),
    *("mode", "camera_confirmed_by", "camera_confirmed_at"),
}


@receiver(pre_save, sender=Course)
@receiver(pre_save, sender=AlertRule)
def remember_stored_settings(instance: Model, raw: bool, **_: Any) -> None:
    """For the receivers below."""
    stored = None if raw or not instance.pk else type(instance)._default_manager.filter(pk=instance.pk).values().first()
    instance._stored_settings = stored  # type: ignore[attr-defined]


@receiver(post_save, sender=Course)
def record_course_change(instance: Course, **_: Any) -> None:
    about: dict[str, Any] = {"course": instance.pk, "organisation": instance.organisation_id}
    changes = _changes(instance)
    approval = changes.pop("approves_joins", None)
    if approval:
        record(Event.JOIN_APPROVAL_CHANGED, **about, approves_joins=instance.approves_joins)
    if changes.pop("accepts_joins", None):
        record(Event.JOINING_CHANGED, **about, accepts_joins=instance.accepts_joins)
    if changes:
        record(Event.COURSE_CHANGED, **about, changes=changes)


@receiver(post_save, sender=AlertRule)
def record_alert_rule(instance: AlertRule, created: bool, **_: Any) -> None:
    changes = _changes(instance)
    if created or changes:
        record(Event.ALERTS_CHANGED, course=instance.course_id, kind=instance.kind, changes=changes)


@receiver(post_delete, sender=AlertRule)
def record_alert_default(instance: AlertRule, origin: Any, **_: Any) -> None:
    """Record that a rule was reset, unless it is deleted with its course."""
    if isinstance(origin, AlertRule) or getattr(origin, "model", None) is AlertRule:
        record(Event.ALERTS_CHANGED, course=instance.course_id, kind=instance.kind, changes={})


@receiver(m2m_changed, sender=Course.teachers.through)
@receiver(m2m_changed, sender=Course.assistants.through)
def record_staff(sender: Any, instance: Any, action: str, pk_set: set[int] | None, reverse: bool, **_: Any) -> None:
    added, removed = STAFF_EVENTS[sender]
    if action == "pre_clear":
        mine, others = ("user", "course_id") if reverse else ("course", "user_id")
        pk_set = set(sender.objects.filter(**{mine: instance.pk}).values_list(others, flat=True))
    event = {"post_add": added, "post_remove": removed, "pre_clear": removed}
    for other in sorted(pk_set or ()) if action in event else ():
        course, person = (other, instance.pk) if reverse else (instance.pk, other)
        record(event[action], subject=person, course=course, organisation=instance.organisation_id)


def _changes(instance: Model) -> dict[str, list[Any] | None]:
    """Return the old and the new value of each changed setting, and None for free text."""
    stored = instance._stored_settings  # type: ignore[attr-defined]
    if stored is None:
        return {}
    changed = [
        field
        for field in instance._meta.concrete_fields
        if field.name not in UNWATCHED and stored[field.attname] != getattr(instance, field.attname)
    ]
    changes: dict[str, list[Any] | None] = {}
    for field in changed:
        is_free_text = isinstance(field, CharField | TextField) and not field.choices
        values = [_plain(stored[field.attname]), _plain(getattr(instance, field.attname))]
        changes[field.name] = None if is_free_text else values
    return changes


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold."""
    return value if isinstance(value, bool | int | float | str | None) else str(value)
