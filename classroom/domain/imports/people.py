"""Imports people. Known ones are found by the school's ID, then by their e-mail address."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.bulk_changes import create_users, update_users
from accounts.models import User
from classroom.domain.imports.batches import in_batches
from classroom.domain.imports.members import STAFF, Role
from classroom.domain.imports.open_pages import refresh_open_pages
from classroom.domain.imports.outcomes import Outcome, RowOutcome
from classroom.domain.imports.resources import PlannedResource, Run, TextField
from classroom.domain.imports.tables import Table
from classroom.domain.imports.widgets import ChoiceWidget, EmailWidget, NameWidget, SchoolIdWidget

ROLES = {
    **dict.fromkeys(("student", "students", "pupil", "learner"), User.Role.STUDENT),
    **dict.fromkeys(("teacher", "teachers", "instructor", "educator", "faculty", "lecturer"), User.Role.TEACHER),
    **dict.fromkeys(("administrator", "admin"), User.Role.ADMINISTRATOR),
}
STATUSES = {
    **dict.fromkeys(("active", "enabled", "true"), True),
    **dict.fromkeys(("inactive", "deactivated", "disabled", "false", "removed", "tobedeleted"), False),
}
STATUS_CELLS = {True: "active", False: "inactive"}
LANGUAGES = {name.casefold(): code for code, label in settings.LANGUAGES for name in (code, label)}


class PeopleResource(PlannedResource):
    name = TextField("name", NameWidget())
    email = TextField("email", EmailWidget())
    role = TextField("role", ChoiceWidget(ROLES, gettext_lazy("“%(value)s” is not a role; use student or teacher")))
    school_id = TextField("school_id", SchoolIdWidget())
    language = TextField(
        "language", ChoiceWidget(LANGUAGES, gettext_lazy("“%(value)s” is not a language of these pages; use en or hi"))
    )
    status = TextField(
        "status",
        ChoiceWidget(STATUSES, gettext_lazy("“%(value)s” is not a status; use active or inactive"), STATUS_CELLS),
        attribute="is_active",
    )
    labels = {
        "name": gettext_lazy("name"),
        "email": gettext_lazy("e-mail address"),
        "role": gettext_lazy("role"),
        "school_id": gettext_lazy("school’s ID"),
        "language": gettext_lazy("language"),
        "status": gettext_lazy("account"),
    }

    class Meta(PlannedResource.Options):
        model = User
        fields = ("name", "email", "role", "school_id", "language", "status")

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.people = run.people
        # The changing users as the database had them.
        self.stored: dict[int, User] = {}
        # The indexes in `outcomes` of the rows that deactivate somebody.
        self._closing: dict[int, int] = {}

    def plan(self, table: Table) -> list[RowOutcome]:
        self.people.load(ids=table.column("school_id"), emails=table.column("email"))
        return super().plan(table)

    def init_instance(self, row: Any = None) -> User:
        return User(organisation_id=self.run.organisation)

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        super().before_import_row(row, **kwargs)
        if not row.get("name"):
            row["name"] = f"{row.get('first_name', '')} {row.get('last_name', '')}".strip()

    def get_instance(self, instance_loader: object, row: dict[str, Any]) -> User | None:
        school_id, email = row.get("school_id", ""), row.get("email", "").lower()
        if school_id:
            self.refuse_second("id", school_id, row, _("lines %(first)s and %(second)s have the same ID"))
        if email:
            self.refuse_second("email", email, row, _("lines %(first)s and %(second)s have the same e-mail address"))
        if self.people.is_elsewhere(email):
            raise ValidationError(_("an account at another school has this e-mail address"))
        by_id, by_email = self.people.with_id(school_id), self.people.with_email(email)
        if by_id and by_email and by_id is not by_email:
            message = _("the ID belongs to %(one)s, the e-mail address to %(other)s")
            raise ValidationError(message % {"one": by_id.name, "other": by_email.name})
        user = by_id or by_email
        if user and user.pk:
            self.refuse_second("user", user.pk, row, _("lines %(first)s and %(second)s are about the same person"))
        elif not email:
            raise ValidationError(_("nobody has this ID, and a new person needs an e-mail address"))
        elif not row.get("name"):
            raise ValidationError(_("a new person needs a name"))
        return user

    def import_instance(self, instance: User, row: dict[str, Any], **kwargs: Any) -> None:
        before, email = (instance.role, instance.is_active), instance.email
        super().import_instance(instance, row, **kwargs)
        if (instance.role, instance.is_active) != before and User.Role.ADMINISTRATOR in (instance.role, before[0]):
            raise ValidationError(_("a file cannot change an administrator’s rights or make anyone an administrator"))
        if instance.is_administrator and instance.email != email:
            # Anybody who receives the address's mail can choose the password.
            raise ValidationError(_("a file cannot change an administrator’s e-mail address"))

    def skip_row(self, instance: User, original: User, row: Any, import_validation_errors: Any = None) -> bool:
        """Create no accounts that would be deactivated from the start."""
        is_needless = not instance.pk and not instance.is_active and not import_validation_errors
        return is_needless or super().skip_row(instance, original, row, import_validation_errors)

    def after_import_row(self, row: dict[str, Any], row_result: Any, **kwargs: Any) -> None:
        if row_result.is_skip() and not row_result.instance.pk:
            return
        self.people.add(row_result.instance)
        if row_result.is_update():
            self.stored[row_result.instance.pk] = row_result.original
            if row_result.original.is_active and not row_result.instance.is_active:
                self._closing[row_result.instance.pk] = len(self.outcomes)

    def review(self) -> None:
        """A course keeps a teacher who can sign in, unless it is archived."""
        taught = {row.course_id for row in in_batches(STAFF[Role.TEACHER].objects.all(), "user", sorted(self._closing))}
        courses = [each for each in self.run.courses.all() if each.pk in taught and not each.is_archived]
        self.run.members.load_staff([each.pk for each in courses])
        for course in self.run.without_teacher(courses):
            refusal = (_("no other teacher is in “%(course)s”") % {"course": course},)
            teachers = self.run.members.holders(course, Role.TEACHER)
            for index in (self._closing[pk] for pk in teachers if pk in self._closing):
                self.outcomes[index] = replace(self.outcomes[index], outcome=Outcome.REFUSED, details=refusal)

    def write(self) -> None:
        create_users(self.create_instances, actor=self.run.actor)
        fields = [field.attribute for field in self.get_import_fields()]
        update_users(self.update_instances, stored=self.stored, fields=fields, actor=self.run.actor)
        refresh_open_pages(users={user.pk for user in self.update_instances}, courses=())

    def subject(self, row: dict[str, Any], instance: User | None) -> str:
        name, email = (instance.name, instance.email) if instance else (row.get("name", ""), row.get("email", ""))
        return f"{name} <{email}>" if email else name or row.get("school_id", "")

    def shown(self, name: str, value: Any) -> str:
        if name == "role":
            return str(User.Role(value).label)
        if name == "status":
            return _("active") if value else _("deactivated")
        return super().shown(name, value)
