"""Imports courses with their term and staff. Known ones are found by the school's ID, then by their name and term."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.widgets import Widget

from accounts.bulk_changes import lock_unchanged
from accounts.security_log.events import Event, record_each
from classroom.domain.courses.terms import save_term
from classroom.domain.imports.batches import batched
from classroom.domain.imports.known_courses import ARCHIVED, is_name_of
from classroom.domain.imports.known_people import KnownPeople
from classroom.domain.imports.known_terms import TermWidget
from classroom.domain.imports.members import Role, why_no_role
from classroom.domain.imports.open_pages import refresh_open_pages
from classroom.domain.imports.outcomes import RowOutcome
from classroom.domain.imports.resources import PlannedResource, Run, TextField
from classroom.domain.imports.tables import Table
from classroom.domain.imports.widgets import CourseNameWidget, SchoolIdWidget, name_key
from classroom.models import Course

Addresses = tuple[str, ...]
COLUMNS = {Role.TEACHER: "teachers", Role.ASSISTANT: "assistants"}
# Must be the same when a course is written as when it was read.
COMPARED = ("name", "school_id", "term_id", "archived_at", "deletion_began_at")


class StaffWidget(Widget):
    """The e-mail addresses or IDs of people, separated by commas, semicolons, bars or spaces."""

    def __init__(self, people: KnownPeople, role: Role) -> None:
        super().__init__()
        self.people, self.role = people, role

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Addresses | None:
        addresses = set()
        for reference in split_people(value):
            user = self.people.find(reference)
            if user is None:
                raise ValueError(_("nobody has the address or ID “%(value)s”") % {"value": reference[:254]})
            if refusal := why_no_role(user, self.role):
                raise ValueError(refusal)
            addresses.add(user.email)
        return tuple(sorted(addresses)) or None

    def render(self, value: Addresses, obj: Any = None, **kwargs: Any) -> str:
        return ", ".join(value)


class CoursesResource(PlannedResource):
    name = TextField("name", CourseNameWidget())
    school_id = TextField("school_id", SchoolIdWidget())
    labels = {
        "name": gettext_lazy("name"),
        "school_id": gettext_lazy("school’s ID"),
        "term": gettext_lazy("term"),
        "teachers": gettext_lazy("teachers"),
        "assistants": gettext_lazy("assistants"),
    }

    class Meta(PlannedResource.Options):
        model = Course
        fields = ("name", "school_id")

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.courses, self.members = run.courses, run.members
        self.fields["term"] = TextField("term", TermWidget(run.terms))
        for role, column in COLUMNS.items():
            self.fields[column] = TextField(column, StaffWidget(run.people, role), attribute=f"listed_{column}")
        # The changing courses as the database had them.
        self.stored: dict[int, Course] = {}

    def plan(self, table: Table) -> list[RowOutcome]:
        listed = {each for column in COLUMNS.values() for cell in table.column(column) for each in split_people(cell)}
        mentioned = self.courses.mentioned(table.column("school_id"), table.column("name"), table.column("number"))
        self.members.load(mentioned)
        self.run.terms.load(table.terms)
        staff = {user for course in mentioned for role in COLUMNS for user in self.members.holders(course, role)}
        self.run.people.load(ids=listed, emails=listed, pks=staff)
        for course in mentioned:
            self.list_staff(course)
        return super().plan(table)

    def init_instance(self, row: Any = None) -> Course:
        course = Course(organisation_id=self.run.organisation)
        self.list_staff(course)
        return course

    def get_instance(self, instance_loader: object, row: dict[str, Any]) -> Course | None:
        school_id, name, number = (row.get(column, "") for column in ("school_id", "name", "number"))
        if school_id:
            self.refuse_second("id", school_id, row, _("lines %(first)s and %(second)s have the same ID"))
        course = self.courses.with_id(school_id)
        if course is None and number:
            course = self.courses.with_number(number)
            if course is None or (name and not is_name_of(name, course)):
                message = _("no course of this name has the number %(number)s here; leave it empty for a new course")
                raise ValidationError(message % {"number": number[:20]})
        elif course is None:
            course = self._named(name, school_id, row.get("term", ""), row)
        if course:
            self._refuse_second(course, row)
        elif not name:
            raise ValidationError(_("a new course needs a name"))
        return course

    def validate_instance(self, instance: Course, *args: Any, **kwargs: Any) -> None:
        super().validate_instance(instance, *args, **kwargs)
        if instance.is_archived:
            raise ValidationError(ARCHIVED)

    def import_instance(self, instance: Course, row: dict[str, Any], **kwargs: Any) -> None:
        super().import_instance(instance, row, **kwargs)
        listed = {role: getattr(instance, f"listed_{column}") for role, column in COLUMNS.items()}
        for role, addresses in listed.items():
            for user in filter(None, map(self.run.people.with_email, addresses)):
                others = {other for other in listed if other is not role and user.email in listed[other]}
                present = self.members.role(instance, user)
                if present is Role.STUDENT or others:
                    other = present if present is Role.STUDENT else others.pop()
                    message = _("%(person)s has another role in this course: %(role)s")
                    raise ValidationError(message % {"person": user.email, "role": other.label})

    def after_import_row(self, row: dict[str, Any], row_result: Any, **kwargs: Any) -> None:
        self.courses.add(row_result.instance)
        self._refuse_second(row_result.instance, row)  # a later row may mean a course that is new
        if row_result.is_update():
            self.stored[row_result.instance.pk] = row_result.original
        course = row_result.instance
        for role, column in COLUMNS.items():
            addresses: Addresses = getattr(course, f"listed_{column}")
            for user in self.run.people.with_pks(self.members.holders(course, role)):
                if user.email not in addresses:
                    self.members.plan(course, user, None)
            for user in filter(None, map(self.run.people.with_email, addresses)):
                self.members.plan(course, user, role)

    def write(self) -> None:
        for course in (*self.create_instances, *self.update_instances):
            if course.term and not course.term.pk:
                save_term(term=course.term, actor=self.run.actor)
        for batch in batched(self.create_instances):
            for course in batch:
                course.set_sort_key()
            Course.objects.bulk_create(batch)
            record_each(Event.COURSE_CREATED, [{"course": course.pk} for course in batch], actor=self.run.actor)
        for batch in batched(self.update_instances):
            lock_unchanged(Course.objects.all(), batch, stored=self.stored, fields=COMPARED)
            for course in batch:
                course.set_sort_key()
            Course.objects.bulk_update(batch, ["name", "school_id", "term", "sort_key"])
            changes = [{"course": course.pk, "changes": self._changes(course)} for course in batch]
            record_each(Event.COURSE_CHANGED, [each for each in changes if each["changes"]], actor=self.run.actor)
        refresh_open_pages(users=(), courses={course.pk for course in self.update_instances})

    def subject(self, row: dict[str, Any], instance: Course | None) -> str:
        return instance.name if instance else row.get("name", "") or row.get("school_id", "")

    def shown(self, name: str, value: Any) -> str:
        return ", ".join(value) or "–" if isinstance(value, tuple) else super().shown(name, value)

    def _named(self, name: str, school_id: str, term: str, row: dict[str, Any]) -> Course | None:
        """A course of the same name that has another ID is another course."""
        if school_id:
            courses = [each for each in self.courses.all_named(name, term) if not each.school_id]
            return courses[0] if len(courses) == 1 else None
        key = name_key(name), name_key(term)
        self.refuse_second("name", key, row, _("lines %(first)s and %(second)s have the same name"))
        return self.courses.with_name(name, term)

    def _refuse_second(self, course: Course, row: dict[str, Any]) -> None:
        message = _("lines %(first)s and %(second)s are about the same course")
        self.refuse_second("course", id(course), row, message)

    def _changes(self, course: Course) -> dict[str, list[int | None] | None]:
        """Return what changes, in the form of the audit log: without the words of free text."""
        before = self.stored[course.pk]
        changes: dict[str, list[int | None] | None] = {
            field: None for field in ("name", "school_id") if getattr(before, field) != getattr(course, field)
        }
        return changes if before.term == course.term else {**changes, "term": [before.term_id, course.term_id]}

    def list_staff(self, course: Course) -> None:
        """Set the attributes of the columns that list people."""
        for role, column in COLUMNS.items():
            people = self.run.people.with_pks(self.members.holders(course, role))
            setattr(course, f"listed_{column}", tuple(sorted(user.email for user in people)))


def split_people(cell: str) -> list[str]:
    return [reference for reference in re.split(r"[\s,;|]+", cell) if reference]
