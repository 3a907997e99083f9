"""The members of courses and their roles: as stored, and as planned by an import. A person has one role in a course."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.bulk_changes import ChangedMeanwhile
from accounts.models import User
from accounts.security_log.events import Event, record_each
from classroom.domain.courses.membership import record_exits
from classroom.domain.courses.staff import STAFF_EVENTS
from classroom.domain.imports.batches import batched, in_batches
from classroom.domain.imports.open_pages import refresh_open_pages
from classroom.domain.permissions import SIMULATED_ADDRESS
from classroom.models import AssistantInvitation, Course, Enrolment, JoinRequest, Removal


class Role(TextChoices):
    STUDENT = "student", gettext_lazy("student")
    TEACHER = "teacher", gettext_lazy("teacher")
    ASSISTANT = "assistant", gettext_lazy("assistant")


STAFF: dict[Role, Any] = {Role.TEACHER: Course.teachers.through, Role.ASSISTANT: Course.assistants.through}
# Identifies a course or a person, even before they are saved.
Key = int | str
# Ids of a course and a person.
Pair = tuple[int, int]


def why_no_role(user: User, role: Role) -> str:
    """Return why the person may not have the role in a course, in words; '' if they may."""
    if user.is_administrator or (role is Role.TEACHER and not user.is_teacher):
        words = {"person": user.email, "account": user.get_role_display(), "role": role.label}
        return _("%(person)s has a “%(account)s” account, which cannot have the role “%(role)s” in a course") % words
    if user.email.endswith(SIMULATED_ADDRESS):
        return _("%(person)s is simulated and cannot be in a real course") % {"person": user.email}
    if not user.is_active:
        return _("the account of %(person)s is deactivated") % {"person": user.email}
    return ""


class Members:
    def __init__(self) -> None:
        self._stored: dict[Key, dict[Key, Role]] = defaultdict(dict)
        self._planned: dict[Key, dict[Key, Role | None]] = defaultdict(dict)
        self._blocked: set[tuple[Key, Key]] = set()
        self._loaded: set[int] = set()
        self._courses: dict[Key, Course] = {}
        self._users: dict[Key, User] = {}

    def load(self, courses: Iterable[Course]) -> None:
        """Load the members of these courses."""
        new = sorted({course.pk for course in courses if course.pk} - self._loaded)
        self._loaded.update(new)
        for row in in_batches(Enrolment.objects.all(), "course", new):
            self._stored[row.course_id][row.student_id] = Role.STUDENT
        self.load_staff(new)
        for removal in in_batches(Removal.objects.filter(blocked=True), "course", new):
            self._blocked.add((removal.course_id, removal.student_id))

    def load_staff(self, courses: Iterable[int]) -> None:
        """Load the staff of the courses with these ids, but not their students."""
        for role, table in STAFF.items():
            for row in in_batches(table.objects.all(), "course", courses):
                self._stored[row.course_id][row.user_id] = role

    def role(self, course: Course, user: User) -> Role | None:
        course_key, user_key = _course_key(course), _user_key(user)
        return self._planned[course_key].get(user_key, self._stored[course_key].get(user_key))

    def holders(self, course: Course, role: Role) -> set[Key]:
        """Return the keys of those who have the role, as planned."""
        course_key = _course_key(course)
        members = {**self._stored[course_key], **self._planned[course_key]}
        return {user for user, each in members.items() if each is role}

    def is_blocked(self, course: Course, user: User) -> bool:
        return (course.pk, user.pk) in self._blocked

    def plan(self, course: Course, user: User, role: Role | None) -> None:
        course_key, user_key = _course_key(course), _user_key(user)
        self._planned[course_key][user_key] = role
        self._courses[course_key], self._users[user_key] = course, user

    def write(self, *, actor: User | None, now: datetime) -> None:
        """Save what was planned. Requires a transaction in which the people and the courses are saved.

        Raises ChangedMeanwhile.
        """
        leaving: dict[Role, list[Pair]] = {role: [] for role in Role}
        coming: dict[Role, list[Pair]] = {role: [] for role in Role}
        for course_key, members in self._planned.items():
            for user_key, role in members.items():
                before = self._stored[course_key].get(user_key)
                pair = self._courses[course_key].pk, self._users[user_key].pk
                if before is not role and before:
                    leaving[before].append(pair)
                if before is not role and role:
                    coming[role].append(pair)
        courses = sorted({pair[0] for pairs in (*leaving.values(), *coming.values()) for pair in pairs})
        for batch in batched(courses):  # like every change of a course's members
            locked = Course.objects.select_for_update(no_key=True).filter(pk__in=batch).order_by("pk")
            if any(course.is_archived for course in locked):
                raise ChangedMeanwhile
        self._require_unchanged(courses)
        moved = set(leaving[Role.STUDENT]) & {pair for role in STAFF for pair in coming[role]}
        _remove_students(leaving[Role.STUDENT], kept_out=set(leaving[Role.STUDENT]) - moved, actor=actor, now=now)
        for role, table in STAFF.items():
            _delete(table, "user", leaving[role])
            # Approving a request or lifting a removal would give them a second role.
            _delete(Removal, "student", coming[role])
            _delete(JoinRequest, "student", coming[role])
            _delete(AssistantInvitation, "invitee", coming[role])
            for event, pairs in zip(STAFF_EVENTS[table], (coming[role], leaving[role]), strict=True):
                record_each(event, [{"subject": user, "course": course} for course, user in sorted(pairs)], actor=actor)
            table.objects.bulk_create([table(course_id=course, user_id=user) for course, user in coming[role]])
        new = [Enrolment(course_id=course, student_id=student) for course, student in coming[Role.STUDENT]]
        Enrolment.objects.bulk_create(new, ignore_conflicts=True)
        # Enrolling settles an earlier removal and a request to join.
        _delete(Removal, "student", coming[Role.STUDENT])
        _delete(JoinRequest, "student", coming[Role.STUDENT])
        refresh_open_pages(users=(), courses=courses)

    def _require_unchanged(self, courses: list[int]) -> None:
        """Make sure that the staff of the locked courses, and the roles and blocks of the people who change, are still
        as they were for the plan. Raises ChangedMeanwhile."""
        now = Members()
        now.load(in_batches(Course.objects.all(), "pk", courses))
        for course in set(courses) & self._loaded:
            before, present, planned = self._stored[course], now._stored[course], self._planned[course]
            staff = {user for user, role in (before | present).items() if role in STAFF}
            if any(before.get(user) is not present.get(user) for user in {*planned, *staff}):
                raise ChangedMeanwhile
            if any(((course, user) in self._blocked) != ((course, user) in now._blocked) for user in planned):
                raise ChangedMeanwhile


def _remove_students(pairs: list[Pair], *, kept_out: set[Pair], actor: User | None, now: datetime) -> None:
    """Remove students as a teacher does: the current join code does not let them in again."""
    ended = _rows(Enrolment, "student", pairs)
    record_exits(enrolments=ended, now=now)
    _delete_rows(ended)
    codes = dict(Course.objects.filter(pk__in={course for course, _student in kept_out}).values_list("pk", "join_code"))
    Removal.objects.bulk_create(
        [
            Removal(course_id=course, student_id=student, join_code=codes[course], removed_at=now)
            for course, student in sorted(kept_out)
        ],
        update_conflicts=True,
        unique_fields=["course", "student"],
        update_fields=["join_code", "removed_at"],
    )
    removed = [{"subject": student, "course": course} for course, student in sorted(kept_out)]
    record_each(Event.STUDENT_REMOVED, removed, actor=actor)


def _delete(table: Any, person: str, pairs: list[Pair]) -> None:
    _delete_rows(_rows(table, person, pairs))


def _rows(table: Any, person: str, pairs: list[Pair]) -> list[Any]:
    """Return the rows of these courses and people."""
    wanted = set(pairs)
    rows = in_batches(table.objects.all(), "course", sorted({course for course, _user in pairs}))
    return [row for row in rows if (row.course_id, getattr(row, f"{person}_id")) in wanted]


def _delete_rows(rows: list[Any]) -> None:
    """Delete rows of one table. Nothing refers to them, and this module does the receivers' work."""
    for batch in batched([row.pk for row in rows]):
        chosen = type(rows[0])._default_manager.filter(pk__in=batch)
        chosen._raw_delete(chosen.db)


def _course_key(course: Course) -> Key:
    return course.pk or f"new {id(course)}"


def _user_key(user: User) -> Key:
    return user.pk or user.email
