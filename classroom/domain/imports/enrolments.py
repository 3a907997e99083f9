"""Imports enrolments: each row has a person, a course and a role, and may also remove the person."""

from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from classroom.domain.imports.known_courses import ARCHIVED
from classroom.domain.imports.members import Role, why_no_role
from classroom.domain.imports.outcomes import Outcome, RowOutcome
from classroom.domain.imports.resources import PlannedResource, Run, TextField
from classroom.domain.imports.tables import Table
from classroom.domain.imports.widgets import ChoiceWidget
from classroom.models import Course

ROLES = {
    **dict.fromkeys(("student", "students", "pupil", "learner"), Role.STUDENT),
    **dict.fromkeys(("teacher", "teachers", "instructor", "lecturer", "primary teacher"), Role.TEACHER),
    **dict.fromkeys(("assistant", "assistants", "teaching assistant", "ta", "tutor", "aide"), Role.ASSISTANT),
}
STATUSES = {
    **dict.fromkeys(("active", "enrolled", "current", "add"), "active"),
    **dict.fromkeys(("removed", "remove", "deleted", "delete", "tobedeleted", "inactive", "dropped"), "removed"),
}


@dataclass
class Membership:
    """A person in a course; `role` is None while they are not in it."""

    course: Course
    user: User
    role: Role | None

    def __deepcopy__(self, memo: object) -> "Membership":
        """Let the library's copy of the instance share the person and the course."""
        return replace(self)


class EnrolmentsResource(PlannedResource):
    role = TextField("role", ChoiceWidget(ROLES, gettext_lazy("“%(value)s” is not a role in a course")))
    labels = {"role": gettext_lazy("role")}

    class Meta(PlannedResource.Options):
        pass

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.members = run.members
        self.status = ChoiceWidget(STATUSES, gettext_lazy("“%(value)s” is not a status; use active or removed"))
        # Courses, and the indexes in `outcomes` of the rows that remove a teacher from them.
        self._losing: list[tuple[Course, int]] = []

    def plan(self, table: Table) -> list[RowOutcome]:
        people = set(table.column("person"))
        self.run.people.load(ids=people, emails=people)
        self.members.load(self.run.courses.mentioned(table.column("course")))
        return super().plan(table)

    def review(self) -> None:
        """A course keeps a teacher who can sign in."""
        courses = {id(course): course for course, _index in self._losing}
        without = {id(course) for course in self.run.without_teacher(courses.values())}
        for course, index in self._losing:
            if id(course) in without:
                refusal = (_("the course would have no teacher"),)
                self.outcomes[index] = replace(self.outcomes[index], outcome=Outcome.REFUSED, details=refusal)

    def get_instance(self, instance_loader: object, row: dict[str, Any]) -> Membership | None:
        user, course = self.run.people.find(row["person"]), self.run.courses.find(row["course"], row.get("term", ""))
        if user is None:
            raise ValidationError(_("nobody has the address or ID “%(value)s”") % {"value": row["person"][:254]})
        if course is None:
            raise ValidationError(_("no course has the name or ID “%(value)s”") % {"value": row["course"][:200]})
        message = _("lines %(first)s and %(second)s are about the same person and course")
        self.refuse_second("pair", (id(user), id(course)), row, message)
        row["_membership"] = membership = Membership(course, user, self.members.role(course, user))
        return membership if membership.role and not self._ends_another_role(row, membership.role) else None

    def _ends_another_role(self, row: dict[str, Any], present: Role) -> bool:
        """Return whether the row removes somebody from a role that is not, or no longer, theirs."""
        named = _word(self.fields["role"].widget, row, "role")
        return self._removes(row) and named not in (None, present)

    def init_instance(self, row: Any = None) -> Membership:
        return row["_membership"]

    def import_instance(self, instance: Membership, row: dict[str, Any], **kwargs: Any) -> None:
        before = instance.role
        super().import_instance(instance, row, **kwargs)
        instance.role = instance.role or Role.STUDENT
        if instance.role is before:
            return
        if instance.course.is_archived:
            raise ValidationError(ARCHIVED)
        if refusal := why_no_role(instance.user, instance.role):
            raise ValidationError(refusal)
        if instance.role is Role.STUDENT and self.members.is_blocked(instance.course, instance.user):
            message = _("%(person)s is blocked in this course; a teacher of the course can unblock them")
            raise ValidationError(message % {"person": instance.user.email})

    def for_delete(self, row: dict[str, Any], instance: Membership) -> bool:
        return self._removes(row)

    def _removes(self, row: dict[str, Any]) -> bool:
        return _word(self.status, row, "status") == "removed"

    def delete_instance(self, instance: Membership, row: dict[str, Any], **kwargs: Any) -> None:
        if instance.course.is_archived:
            raise ValidationError(ARCHIVED)
        super().delete_instance(instance, row, **kwargs)

    def after_import_row(self, row: dict[str, Any], row_result: Any, **kwargs: Any) -> None:
        membership: Membership = row["_membership"]
        course, user = membership.course, membership.user
        before, after = self.members.role(course, user), None if row_result.is_delete() else membership.role
        if before is Role.TEACHER and after is not before:
            self._losing.append((course, len(self.outcomes)))
        if before is not after:
            self.members.plan(course, user, after)

    def subject(self, row: dict[str, Any], instance: Membership | None) -> str:
        membership: Membership | None = row.get("_membership")
        if membership is None:
            return f"{row['person']}, {row['course']}"
        words = {"person": membership.user.name, "course": membership.course.name}
        if membership.role:
            return _("%(person)s in %(course)s as %(role)s") % {**words, "role": membership.role.label}
        return _("%(person)s in %(course)s") % words

    def shown(self, name: str, value: Role | None) -> str:
        return str(value.label) if value else "–"


def _word(widget: Any, row: dict[str, Any], column: str) -> Any:
    """Return what the word in the cell stands for, None for an empty cell. Raises ValidationError."""
    try:
        return widget.clean(row.get(column, ""))
    except ValueError as error:
        raise ValidationError(str(error)) from None
