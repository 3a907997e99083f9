"""People, courses and enrolments as tables that an import reads back unchanged. Simulated ones are left out."""

from accounts.models import OrganisationId, User
from classroom.domain.imports.courses import COLUMNS, CoursesResource
from classroom.domain.imports.known_courses import KnownCourses
from classroom.domain.imports.members import STAFF, Role
from classroom.domain.imports.people import PeopleResource
from classroom.domain.imports.resources import Run
from classroom.domain.permissions import SIMULATED_ADDRESS
from classroom.models import Enrolment

Table = list[list[str]]


def people_table(organisation: OrganisationId) -> Table:
    everybody = User.objects.in_organisation(organisation)
    people = PeopleResource(Run(organisation)).export(everybody.exclude(email__endswith=SIMULATED_ADDRESS))
    return [people.headers, *map(list, people)]


def courses_table(organisation: OrganisationId) -> Table:
    run = Run(organisation)
    resource, courses = CoursesResource(run), run.courses.all()
    run.members.load_staff(sorted(course.pk for course in courses))
    staff = {user for course in courses for role in COLUMNS for user in run.members.holders(course, role)}
    run.people.load(pks=staff)
    for course in courses:
        resource.list_staff(course)
    rows = resource.export(courses)
    # Only courses that neither an ID nor a name identifies need a number.
    numbers = ["" if run.courses.is_named_clearly(course) else str(course.pk) for course in courses]
    return [["number", *rows.headers], *([number, *row] for number, row in zip(numbers, rows, strict=True))]


def enrolments_table(organisation: OrganisationId) -> Table:
    courses = KnownCourses(organisation)
    references = {course.pk: courses.reference(course) for course in courses.all()}
    members = {
        role: table.objects.filter(course__organisation=organisation)
        .order_by("course", "user")
        .values_list("course", "user__email")
        for role, table in STAFF.items()
    }
    enrolled = Enrolment.objects.filter(course__organisation=organisation)
    members[Role.STUDENT] = enrolled.order_by("course", "pk").values_list("course", "student__email")
    rows = [
        [email, references[course], role.value, "active"]
        for role, found in members.items()
        for course, email in found
        if course in references
    ]
    return [["person", "course", "role", "status"], *rows]
