"""The courses that rows may refer to: those of the organisation in the database, and those of the same import, without
simulated ones. Names do not find archived courses, and a row that refers to a course being deleted is refused."""

from collections import defaultdict
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import OrganisationId
from classroom.domain.imports.widgets import name_key, names_in_files
from classroom.models import Course
from classroom.spreadsheets import escape_formula

ARCHIVED = gettext_lazy("the course is archived; an administrator can restore it")
BEING_DELETED = gettext_lazy("the course is being deleted; import the file again once it is gone")

# Our exports name courses that share a name by the server's number: "attune:12".
NUMBER_SIGN = "attune:"


class KnownCourses:
    """Finds courses by the school's ID, the name (without regard to capitals) or the server's number."""

    def __init__(self, organisation: OrganisationId) -> None:
        self._by_id: dict[str, Course] = {}
        self._by_number: dict[str, Course] = {}
        self._by_name: dict[str, list[Course]] = defaultdict(list)
        # A school has far fewer courses than people.
        courses = Course.objects.in_organisation(organisation)
        for course in courses.filter(simulated=False).select_related("term").order_by("pk"):
            self.add(course)

    def all(self) -> list[Course]:
        """Return the stored courses, without those that are being deleted."""
        return [course for course in self._by_number.values() if not course.is_being_deleted]

    def add(self, course: Course) -> None:
        if course.pk:
            self._by_number[f"{NUMBER_SIGN}{course.pk}"] = course
        if course.school_id:
            self._by_id[course.school_id] = course
            self._by_id.setdefault(str(escape_formula(course.school_id)), course)
        for name in names_in_files(course.name):
            if not any(course is each for each in self._by_name[name]):
                self._by_name[name].append(course)

    def with_id(self, school_id: str) -> Course | None:
        """Raises ValidationError if the course is being deleted."""
        return _present(self._by_id.get(school_id)) if school_id else None

    def with_number(self, number: str) -> Course | None:
        """Raises ValidationError if the course is being deleted."""
        return _present(self._by_number.get(f"{NUMBER_SIGN}{number.removeprefix(NUMBER_SIGN)}"))

    def all_named(self, name: str, term: str = "") -> list[Course]:
        """Return the unarchived courses with the name; with a term, those of the term, or else those of none."""
        found = [course for course in self._of_name(name) if not course.is_archived]
        if not term:
            return found
        of_term = [each for each in found if each.term and name_key(term) in names_in_files(each.term.name)]
        return of_term or [course for course in found if course.term is None]

    def with_name(self, name: str, term: str = "") -> Course | None:
        """Raises ValidationError if several courses have the name."""
        found = self.all_named(name, term)
        if len(found) > 1:
            message = _("%(count)s courses are called “%(name)s”; say which one by the school’s ID")
            raise ValidationError(message % {"count": len(found), "name": name[:200]})
        return found[0] if found else None

    def find(self, reference: str, term: str = "") -> Course | None:
        """Return the course that an ID, a name or "attune:12" means. Raises ValidationError if several courses have the
        name, or if those with it are archived."""
        course = self.with_id(reference) or _present(self._by_number.get(reference)) or self.with_name(reference, term)
        archived = [] if course else [each for each in self._of_name(reference) if each.is_archived]
        if archived and not self.all_named(reference):
            raise ValidationError(BEING_DELETED if all(each.is_being_deleted for each in archived) else ARCHIVED)
        return course

    def mentioned(self, *columns: Iterable[str]) -> list[Course]:
        """Return the stored courses that one of the cells may mean."""
        found = {}
        for cell in {cell for column in columns for cell in column if cell}:
            numbered = self._by_number.get(f"{NUMBER_SIGN}{cell.removeprefix(NUMBER_SIGN)}")
            for course in (self._by_id.get(cell), numbered, *self.all_named(cell)):
                if course and course.pk:
                    found[course.pk] = course
        return list(found.values())

    def is_named_clearly(self, course: Course) -> bool:
        """Return whether the ID or the name identifies a stored course."""
        if course.school_id:
            return True
        is_other_reference = course.name in self._by_id or course.name in self._by_number
        return self.all_named(course.name) == [course] and not is_other_reference

    def reference(self, course: Course) -> str:
        """Return the text by which `find` finds a stored course."""
        if self.is_named_clearly(course):
            return course.school_id or course.name
        return f"{NUMBER_SIGN}{course.pk}"

    def _of_name(self, name: str) -> list[Course]:
        # A course may have been renamed since it was added.
        return [course for course in self._by_name.get(name_key(name), ()) if is_name_of(name, course)]


def is_name_of(name: str, course: Course) -> bool:
    """Also accept the name as exports write it, with the apostrophe before a formula."""
    return name_key(name) in names_in_files(course.name)


def _present(course: Course | None) -> Course | None:
    if course and course.is_being_deleted:
        raise ValidationError(BEING_DELETED)
    return course
