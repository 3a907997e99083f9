"""The columns of an import, with the other names under which they are recognised."""

import re
from collections.abc import Sequence

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from classroom.domain.imports.files import Unreadable


class Kind(TextChoices):
    """The subject of a file; each kind may refer to those before it."""

    PEOPLE = "people", gettext_lazy("people")
    COURSES = "courses", gettext_lazy("courses")
    ENROLMENTS = "enrolments", gettext_lazy("enrolments")


EMAIL = "e-mail", "mail", "e-mail address", "mail address", "primary email", "user email"
ID = "id", "school's id", "external id", "sourced id", "source id"
PERSON_ID = "person id", "student id", "teacher id", "user id", "student number", "personal number", "admission number"
COURSE_ID = "course id", "course code", "class id", "class code", "code", "course number"
TEACHERS = "teacher", "teacher email", "teacher emails", "instructor", "instructors", "lecturer", "lecturers"

# The names in templates and exports first, then other names. Spaces, punctuation and capitals are ignored.
COLUMNS: dict[Kind, dict[str, tuple[str, ...]]] = {
    Kind.PEOPLE: {
        "name": ("full name", "display name", "student name", "teacher name"),
        "first_name": ("given name", "forename", "first names"),
        "last_name": ("family name", "surname"),
        "email": EMAIL,
        "role": ("type", "user type", "person type", "account type"),
        "school_id": (*ID, *PERSON_ID),
        "language": ("lang", "locale", "preferred language"),
        "status": ("account status", "account", "active", "enabled"),
    },
    Kind.COURSES: {
        "number": ("attune number",),
        "name": ("course", "course name", "title", "course title", "class", "class name", "subject"),
        "school_id": (*ID, *COURSE_ID),
        "term": ("semester", "academic session", "school year"),
        "teachers": TEACHERS,
        "assistants": ("assistant", "teaching assistants", "tutors", "tutor", "assistant emails"),
    },
    Kind.ENROLMENTS: {
        "person": (*EMAIL, "email", "student", "student email", "user", "member", "school id", *ID, *PERSON_ID),
        "course": ("course name", "class", "class name", *COURSE_ID),
        "term": ("semester", "academic session", "school year"),
        "role": ("type", "course role"),
        "status": ("state", "action"),
    },
}
# A file needs at least one column of each group.
REQUIRED: dict[Kind, tuple[tuple[str, ...], ...]] = {
    Kind.PEOPLE: (("email", "school_id"),),
    Kind.COURSES: (("name", "school_id"),),
    Kind.ENROLMENTS: (("person",), ("course",)),
}
# Columns that tell the kind of a file, tried in this order.
TELLING: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    (Kind.COURSES, ("name", "teachers")),
    (Kind.ENROLMENTS, ("person", "course")),
    (Kind.PEOPLE, ("email",)),
    (Kind.COURSES, ("name",)),
    (Kind.COURSES, ("teachers",)),
    (Kind.PEOPLE, ("school_id",)),
)


def is_known(header: str) -> bool:
    return any(_plain(header) in names for names in _NAMES.values())


def kind_of(headers: Sequence[str]) -> Kind:
    """Return the kind of a file with this header. Raises Unreadable."""
    plain = [_plain(header) for header in headers]
    for kind, columns in TELLING:
        found = {_NAMES[kind].get(each) for each in plain}
        if found.issuperset(columns):
            return kind
    shown = ", ".join(headers[:8])
    raise Unreadable(_("The first line must name the columns. It has: %(headers)s") % {"headers": shown[:200]})


def match_columns(kind: Kind, headers: Sequence[str]) -> list[str | None]:
    """Return the column that each header stands for, None for those that are ignored. If several headers stand for one
    column, the first in COLUMNS counts. Raises Unreadable."""
    columns = [_NAMES[kind].get(_plain(header)) for header in headers]
    for column in {each for each in columns if each and columns.count(each) > 1}:
        # A file may identify a person by, say, both "email" and "student number".
        names = [_plain(name) for name in (column, *COLUMNS[kind][column])]
        ranks = {i: names.index(_plain(headers[i])) for i, each in enumerate(columns) if each == column}
        best = min(ranks, key=ranks.__getitem__)
        if list(ranks.values()).count(ranks[best]) > 1:
            raise Unreadable(_("Two columns are called %(header)s. Keep one.") % {"header": headers[best]})
        columns = [each if each != column or index == best else None for index, each in enumerate(columns)]
    for choice in REQUIRED[kind]:
        if not set(choice) & set(columns):
            wanted = " / ".join(choice)
            raise Unreadable(
                _("A file of %(kind)s needs a column %(column)s.") % {"kind": kind.label, "column": wanted}
            )
    return columns


def _plain(header: str) -> str:
    return re.sub(r"[\W_]", "", header.casefold())


_NAMES: dict[Kind, dict[str, str]] = {
    kind: {_plain(name): column for column, others in columns.items() for name in (*others, column)}
    for kind, columns in COLUMNS.items()
}
