"""How the registry of personal data describes a model: each field concerns a person, or nobody."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model, Q, QuerySet, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import SecurityEvent, User
from accounts.security_log.events import numbers_of

Text = str | Promise


class Kept(TextChoices):
    """How long rows are kept. `kept_text` says it in numbers."""

    ACCOUNT = "account", _("As long as the account exists.")
    CLASS = (
        "class",
        _("Until a teacher deletes the class, or an administrator the course; a course may have its own limit."),
    )
    RUNNING_CLASS = "running_class", _("Until the class is over.")
    MEMBERSHIP = "membership", _("Until the student leaves or is removed, or the course is deleted.")
    PAST_ENROLMENT = "past_enrolment", _("As long as a class from that time is kept, or until the course is deleted.")
    REMOVAL = "removal", _("Until the student is let in again, or the course is deleted.")
    REQUEST = "request", _("Until the request is answered or withdrawn.")
    ASSISTANT_INVITATION = "assistant_invitation", _("Until the invitation is answered or withdrawn, or has expired.")
    INVITATION = "invitation", _("Until 30 days after it was accepted or withdrawn, or has expired.")
    COURSE = "course", _("As long as the course exists.")
    CONSENT = "consent", _("As long as the account and the course exist.")
    SIGN_IN = "sign_in", _("Until you sign out.")
    API_TOKEN = "api_token", _("Until you revoke it, or 30 days after it has expired.")
    SECURITY_LOG = "security_log", _("Without a limit.")
    SCHOOL = "school", _("As long as the school keeps it.")
    SIMULATION = "simulation", _("Until the simulated class is over.")


class Erased(TextChoices):
    """The fate of the rows when the person erases their data, or their account is deleted."""

    BY_STUDENT = "by_student", _("Deleted when you ask for it, and with the account.")
    WITH_ACCOUNT = "with_account", _("Deleted with the account.")
    UNLINKED = "unlinked", _("Stays when the account is deleted, without the person.")
    NUMBERED = "numbered", _("Stays when the account is deleted, under a number that names nobody.")


def kept_text(kept: Kept, *, class_days: int) -> str:
    """Say how long, with the numbers from the settings and the days that the school keeps classes; 0: forever."""
    if kept is Kept.CLASS and class_days:
        return ngettext(
            "At most %(n)s day after the class ended; a course may have a shorter time.",
            "At most %(n)s days after the class ended; a course may have a shorter time.",
            class_days,
        ) % {"n": class_days}
    if kept is Kept.SECURITY_LOG and settings.SECURITY_LOG_DAYS:
        days = settings.SECURITY_LOG_DAYS
        return ngettext("%(n)s day.", "%(n)s days.", days) % {"n": days}
    if kept is Kept.SIGN_IN:
        hours = settings.SESSION_IDLE_HOURS
        text = ngettext(
            "Until you sign out, or after %(n)s hour without opening a page.",
            "Until you sign out, or after %(n)s hours without opening a page.",
            hours,
        )
        return text % {"n": hours}
    return str(kept.label)


@dataclass(frozen=True)
class Data:
    """Fields of one model that concern one person.

    `section` is their key in the download. It is empty if they are withheld, and `withheld` says why. `person` has the
    lookups from a row to the person, `also` those into other tables that a row needs to make sense. Several lookups of
    one row may lead to the person if it `repeats`. There may be hundreds of thousands of rows `by_session`; the indexes
    find those of one session. `erase` deletes a person's rows and everything derived from them, and returns how many
    rows there were. Without it they go with the account, as `erased` says.
    """

    fields: tuple[str, ...]
    what: Text
    why: Text
    kept: Kept
    erased: Erased
    section: str = ""
    person: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    withheld: str = ""
    repeats: bool = False
    by_session: bool = False
    annotations: Callable[[User], dict[str, Any]] | None = None
    erase: Callable[[User, datetime], int] | None = None


@dataclass(frozen=True)
class Declaration:
    """One model. Every field is in `data`, or in `impersonal` if it says nothing about anyone."""

    label: str
    data: tuple[Data, ...] = ()
    impersonal: tuple[str, ...] = ()

    @property
    def model(self) -> type[Model]:
        return apps.get_model(self.label)


@dataclass(frozen=True)
class Section:
    """One person's rows, as in the download: the values of `fields`, which are columns and lookups."""

    model: type[Model]
    data: Data

    @property
    def name(self) -> str:
        return self.data.section

    @property
    def fields(self) -> list[str]:
        """References are exported as ids, except the person's own."""
        columns = [self.model._meta.get_field(name) for name in self.data.fields]
        return [*(getattr(column, "attname", column.name) for column in columns), *self.data.also]

    def rows(self, user: User) -> QuerySet[Any]:
        numbers = numbers_of(user) if self.model is SecurityEvent else [user.pk]
        is_theirs = Q(*((f"{path}__in", numbers) for path in self.data.person), _connector=Q.OR)
        rows = self.model._default_manager.filter(is_theirs)
        rows = rows.annotate(**self.data.annotations(user)) if self.data.annotations else rows
        return rows.distinct() if self.data.repeats else rows
