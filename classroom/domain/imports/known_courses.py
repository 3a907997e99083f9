"""The courses that rows may refer to: those in the database, and those of the same import, without simulated ones and
those that are being deleted."""

from collections import defaultdict
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from classroom.models import Course
from classroom.spreadsheets import escape_formula

# Our exports name courses that share a name by the server's number: "attune:12".
NUMBER_SIGN = "attune:"


class KnownCourses:
    """Finds courses by the school's ID, the name (without regard to capitals) or the server's number."""

    def __init__(self) -> None:
        self._by_id: dict[str, Course] = {}
        self._by_number: dict[str, Course] = {}
        self._by_name: dict[str, list[Course]] = defaultdict(list)
        # A school has far fewer courses than people.
        for course in Course.objects.filter(simulated=False, deletion_began_at=None).order_by("pk"):
            self.add(course)

    def all(self) -> list[Course]:
        """Return the stored courses."""
        return list(self._by_number.values())

    def add(self, course: Course) -> None:
        if course.pk:
            self._by_number[f"{NUMBER_SIGN}{course.pk}"] = course
        if course.school_id:
            self._by_id[course.school_id] = course
            self._by_id.setdefault(str(escape_formula(course.school_id)), course)
        for name in _keys(course):
            if not any(course is each for each in self._by_name[name]):
                self._by_name[name].append(course)

    def with_id(self, school_id: str) -> Course | None:
        return self._by_id.get(school_id) if school_id else None

    def with_number(self, number: str) -> Course | None:
        return self._by_number.get(f"{NUMBER_SIGN}{number.removeprefix(NUMBER_SIGN)}")

    def all_named(self, name: str) -> list[Course]:
        # A course may have been renamed since it was added.
        return [course for course in self._by_name.get(name_key(name), ()) if is_name_of(name, course)]

    def with_name(self, name: str) -> Course | None:
        """Raises ValidationError if several courses have the name."""
        found = self.all_named(name)
        if len(found) > 1:
            message = _("%(count)s courses are called “%(name)s”; say which one by the school's ID")
            raise ValidationError(message % {"count": len(found), "name": name[:200]})
        return found[0] if found else None

    def find(self, reference: str) -> Course | None:
        """Return the course that an ID, a name or "attune:12" means. Raises ValidationError if several have a name."""
        return self.with_id(reference) or self._by_number.get(reference) or self.with_name(reference)

    def mentioned(self, *columns: Iterable[str]) -> list[Course]:
        """Return the stored courses that one of the cells may mean."""
        found = {}
        for cell in {cell for column in columns for cell in column if cell}:
            for course in (self.with_id(cell), self.with_number(cell), *self.all_named(cell)):
                if course and course.pk:
                    found[course.pk] = course
        return list(found.values())

    def is_named_clearly(self, course: Course) -> bool:
        """Return whether the ID or the name tells a stored course from all others."""
        if course.school_id:
            return True
        return len(self.all_named(course.name)) == 1 and self.find(course.name) is course

    def reference(self, course: Course) -> str:
        """Return the words by which `find` finds a stored course."""
        if self.is_named_clearly(course):
            return course.school_id or course.name
        return f"{NUMBER_SIGN}{course.pk}"


def name_key(name: str) -> str:
    return " ".join(name.split()).casefold()


def is_name_of(name: str, course: Course) -> bool:
    """Accept the name as exports write it, too: with the apostrophe before a formula."""
    return name_key(name) in _keys(course)


def _keys(course: Course) -> set[str]:
    return {name_key(course.name), name_key(str(escape_formula(course.name)))}
