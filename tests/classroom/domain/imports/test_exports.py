from datetime import date

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.models import DEFAULT_ORGANISATION, User
from classroom.domain.imports.exports import courses_table, enrolments_table, people_table
from classroom.domain.imports.plan import plan_import
from classroom.domain.imports.tables import read_table
from classroom.models import Course, Enrolment, Term
from classroom.views.table_files import BOM, TableFormat, csv_text
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
# Names that the product's other forms allow: signs that a spreadsheet runs, separators, quotes.
NAMES = st.text("=+-@'\";,#1aÄ श़\n", min_size=1, max_size=12).filter(str.strip)
# None begins with an apostrophe: in a file, the IDs + and '+ of two courses look the same.
IDS = st.text("=+-@'\";,#1a Ä", max_size=8).map(str.strip).filter(lambda text: not text.startswith("'"))


def read_back(wanted: TableFormat) -> list[dict[str, int]]:
    tables = [
        people_table(DEFAULT_ORGANISATION),
        courses_table(DEFAULT_ORGANISATION),
        enrolments_table(DEFAULT_ORGANISATION),
    ]
    files = [(BOM + csv_text(table, wanted)).encode() for table in tables if len(table) > 1]
    return plan_import([read_table(content, name="export.csv") for content in files]).totals


@given(
    people=st.lists(st.tuples(NAMES, st.booleans(), st.booleans()), min_size=1, max_size=6),
    ids=st.lists(IDS, min_size=12, max_size=12, unique=True),
    courses=st.lists(NAMES, max_size=4),
    wanted=st.sampled_from([TableFormat.COMMAS, TableFormat.SEMICOLONS]),
)
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_import_reads_an_export_back_unchanged(people, ids, courses, wanted):
    Course.objects.all().delete()
    User.objects.all().delete()
    for number, (name, teaches, is_active) in enumerate(people):
        role = "teacher" if teaches else "student"
        email = f"{'+' * (number % 2)}p{number}@example.org"
        User.objects.create_user(email, None, name=name, role=role, is_active=is_active, school_id=ids[number])
    members = list(User.objects.order_by("pk"))
    for number, name in enumerate(courses):
        course = Course.objects.create(name=name, school_id=ids[8 + number])
        course.teachers.set([user for user in members if user.is_teacher])
        Enrolment.objects.bulk_create(Enrolment(course=course, student=user) for user in members if user.is_student)
    totals = read_back(wanted)
    assert totals[0]["unchanged"] == len(people)
    assert all(counts["unchanged"] == sum(counts.values()) for counts in totals)


def test_courses_of_one_name_are_told_apart_by_numbers():
    student = factories.user()
    pair = [factories.course(name="Logic") for _ in range(2)]
    Enrolment.objects.create(course=pair[1], student=student)
    assert [row[0] for row in courses_table(DEFAULT_ORGANISATION)[1:]] == [str(course.pk) for course in pair]
    assert enrolments_table(DEFAULT_ORGANISATION)[-1] == [student.email, f"attune:{pair[1].pk}", "student", "active"]


def test_terms_and_archived_courses_are_read_back_unchanged():
    term = Term.objects.create(name="=Autumn", first_day=date(2026, 9, 1), last_day=date(2027, 1, 31))
    factories.course(name="Logic", term=term)
    archived = factories.course(name="Logic", archived_at=NOW)
    factories.student_of(archived)
    factories.course(name="Maths", archived_at=NOW, deletion_began_at=NOW)
    assert [row[:4] for row in courses_table(DEFAULT_ORGANISATION)[1:]] == [
        ["", "Logic", "", "=Autumn"],
        [str(archived.pk), "Logic", "", ""],
    ]
    totals = read_back(TableFormat.COMMAS)
    assert [counts["unchanged"] for counts in totals] == [4, 2, 3]
    assert all(counts["unchanged"] == sum(counts.values()) for counts in totals)


def test_simulated_people_and_courses_are_left_out():
    User.objects.create_user("s1@simulation.invalid", None, name="S")
    factories.course(factories.teacher(), simulated=True)
    assert len(people_table(DEFAULT_ORGANISATION)) == 2
    assert (len(courses_table(DEFAULT_ORGANISATION)), len(enrolments_table(DEFAULT_ORGANISATION))) == (1, 1)


def test_tables_have_the_columns_of_the_templates(settings):
    folder = settings.BASE_DIR / "static" / "files"
    for name, table in (
        ("people", people_table(DEFAULT_ORGANISATION)),
        ("courses", courses_table(DEFAULT_ORGANISATION)),
        ("enrolments", enrolments_table(DEFAULT_ORGANISATION)),
    ):
        header = (folder / f"{name}.csv").read_text(encoding="utf-8-sig").strip().split(",")
        assert [column for column in table[0] if column != "number"] == header


def test_number_of_queries_does_not_grow(django_assert_num_queries):
    for _ in range(3):
        factories.student_of(factories.course())
    with django_assert_num_queries(1 + 1):  # the courses, for the references
        people_table(DEFAULT_ORGANISATION)
    with django_assert_num_queries(4):
        courses_table(DEFAULT_ORGANISATION)
    with django_assert_num_queries(4):
        enrolments_table(DEFAULT_ORGANISATION)
