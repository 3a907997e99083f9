from datetime import date
from unicodedata import normalize

import pytest

from accounts.bulk_changes import ChangedMeanwhile
from accounts.models import SecurityEvent
from classroom.domain.courses.changes import archive_course
from classroom.domain.imports.plan import plan_import
from classroom.models import Course, Term
from tests import factories
from tests.classroom.domain.imports.plans import plan, words, write
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def teachers(course: Course) -> set[str]:
    return set(course.teachers.values_list("email", flat=True))


def test_new_course_has_the_teachers_of_its_row():
    ada, bob = factories.teacher("Ada"), factories.user("teacher", name="Bob", school_id="T2")
    text = f'name,school_id,teachers\nStatistics,S1,{ada.email}; T2\n"Logic, I",,\n'
    assert words(text) == ["2 new: Statistics", "3 new: Logic, I"]
    write(text)
    course = Course.objects.get(school_id="S1")
    assert (course.name, teachers(course)) == ("Statistics", {ada.email, bob.email})
    assert [each.name for each in Course.objects.all()] == ["Logic, I", "Statistics"]


def test_known_course_gets_the_teachers_of_its_row_instead_of_its_own():
    ada, bob = factories.teacher("Ada"), factories.teacher("Bob")
    course = factories.course(ada, name="Statistics", school_id="S1")
    text = f"name,school_id,teachers\nStatistics II,S1,{bob.email}\n"
    assert words(text) == [
        f"2 changed: Statistics II (name: Statistics → Statistics II; teachers: {ada.email} → {bob.email})"
    ]
    write(text)
    course.refresh_from_db()
    assert (course.name, teachers(course)) == ("Statistics II", {bob.email})


def test_teacher_becomes_an_assistant_where_the_row_says_so():
    ada, bob = factories.teacher("Ada"), factories.teacher("Bob")
    course = factories.course(ada, name="Logic")
    write(f"name,teachers,assistants\nLogic,{bob.email},{ada.email}\n")
    assert (list(course.teachers.all()), list(course.assistants.all())) == ([bob], [ada])
    write(f"name,teachers,assistants\nLogic,{ada.email},{bob.email}\n")
    assert (list(course.teachers.all()), list(course.assistants.all())) == ([ada], [bob])


def test_person_has_one_role_in_a_course():
    ada = factories.teacher("Ada")
    course = factories.course(name="Logic")
    bob = factories.student_of(course, "Bob")
    text = f"name,assistants,teachers\nLogic,{bob.email},\nMaths,{ada.email},{ada.email}\n"
    assert [row.details for row in plan(text).files[0].outcomes] == [
        (f"{bob.email} has another role in this course: student",),
        (f"{ada.email} has another role in this course: assistant",),
    ]
    assert words(text)[0].startswith(f"2 refused: Logic ({bob.email} has")


def test_course_without_an_id_is_found_by_its_name():
    course = factories.course(name="Statistics")
    assert words("name\nstatistics \n") == ["2 changed: statistics (name: Statistics → statistics)"]
    write("name,school_id\nStatistics,S1\n")
    course.refresh_from_db()
    assert course.school_id == "S1"
    assert words("name,school_id\nStatistics,S2\n") == ["2 new: Statistics"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_course_is_found_in_either_unicode_form(form):
    factories.course(name=normalize(form, "Français"))
    assert [words(f"name\n{normalize(each, 'Français')}\n") for each in ("NFC", "NFD")] == [
        words("name\nFrançais\n")
    ] * 2
    assert "new" not in words(f"name\n{normalize('NFD', 'Français')}\n")[0]


def test_names_are_stored_in_unicodes_composed_form():
    write(f"name\n{normalize('NFD', 'Français')}\n")
    assert Course.objects.get().name == normalize("NFC", "Français")


def test_teachers_may_come_in_the_same_import():
    people, courses = "name,email,role\nAda,ada@example.org,teacher\n", "name,teachers\nLogic,ada@example.org\n"
    assert words(courses, people) == ["2 new: Ada <ada@example.org>", "2 new: Logic"]
    write(courses, people)
    assert teachers(Course.objects.get()) == {"ada@example.org"}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",S9,", "a new course needs a name"),
        ("=1+1,,", "“=1+1” would run as a formula in a spreadsheet"),
        ("Logic,,nobody@example.org", "nobody has the address or ID “nobody@example.org”"),
        ("Twin,,", "2 courses are called “Twin”; say which one by the school’s ID"),
        (f"{'x' * 201},,", f"“{'x' * 40}…” has more than 200 characters"),
    ],
)
def test_row_is_refused_in_words(row, reason):
    factories.course(name="Twin")
    factories.course(name="Twin")
    [outcome] = plan(f"name,school_id,teachers\n{row}\n").files[0].outcomes
    assert (outcome.outcome, outcome.details) == ("refused", (reason,))


def test_student_is_no_teacher():
    student = factories.user()
    [outcome] = plan(f"name,teachers\nLogic,{student.email}\n").files[0].outcomes
    reason = f"{student.email} has a “student” account, which cannot have the role “teacher” in a course"
    assert outcome.details == (reason,)


def test_doubles_in_a_file_are_refused_with_both_lines():
    factories.course(name="Logic", school_id="L")
    text = "name,school_id\nA,1\nB,1\nC,\nc,\nLogic,\nLogic,L\nC,3\n"
    reasons = [row.details for row in plan(text).files[0].outcomes]
    assert [reasons[1], reasons[3], reasons[5], reasons[6]] == [
        ("lines 2 and 3 have the same ID",),
        ("lines 4 and 5 have the same name",),
        ("lines 6 and 7 are about the same course",),
        ("lines 4 and 8 are about the same course",),
    ]


def term(name: str, month: int) -> Term:
    return Term.objects.create(name=name, first_day=date(2026, month, 1), last_day=date(2026, month, 28))


def test_course_of_another_term_is_another_course():
    autumn, spring = term("Autumn", 9), term("Spring", 2)
    course = factories.course(name="Logic", term=autumn)
    assert words("name,term\nLogic,autumn\n") == ["2 unchanged: Logic"]
    assert words("name,term\nLogic,Spring\nLogic,Autumn\nMaths,Winter\n") == [
        "2 new: Logic",
        "3 unchanged: Logic",
        "4 refused: Maths (no term is called “Winter”; create it under Terms)",
    ]
    write("name,term\nLogic,Spring\n")
    assert Course.objects.exclude(pk=course.pk).get().term == spring


def test_course_without_a_term_gets_the_one_of_its_row():
    course = factories.course(name="Logic")
    autumn = term("Autumn", 9)
    assert words("name,term\nLogic,Autumn\n") == ["2 changed: Logic (term: – → Autumn)"]
    write("name,term\nLogic,Autumn\n")
    course.refresh_from_db()
    assert course.term == autumn


def test_archived_course_is_found_by_its_id_alone_and_not_changed():
    factories.course(name="Logic", school_id="L", archived_at=NOW)
    assert words("name\nLogic\n") == ["2 new: Logic"]
    assert words("name,school_id\nLogic,L\n") == ["2 unchanged: Logic"]
    assert words("name,school_id\nLogic II,L\n") == [
        "2 refused: Logic II (the course is archived; an administrator can restore it)"
    ]


def test_course_that_is_being_deleted_is_left_alone():
    factories.course(name="Logic", archived_at=NOW, deletion_began_at=NOW)
    assert words("name\nLogic\n") == ["2 new: Logic"]


@pytest.mark.parametrize("row", ["Logic,L,", "Logic,,{number}", "Maths,L,"])
def test_row_about_a_course_that_is_being_deleted_is_refused(row):
    course = factories.course(name="Logic", school_id="L", archived_at=NOW, deletion_began_at=NOW)
    [outcome] = plan(f"name,school_id,number\n{row.format(number=course.pk)}\n").files[0].outcomes
    reason = "the course is being deleted; import the file again once it is gone"
    assert (outcome.outcome, outcome.details) == ("refused", (reason,))


def test_nothing_is_written_when_a_course_was_archived_meanwhile():
    course = factories.course(name="Logic", school_id="L")
    planned = plan("name,school_id\nLogic II,L\n")
    archive_course(course=course, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        planned.write(now=NOW)
    course.refresh_from_db()
    assert course.name == "Logic"


def test_simulated_courses_are_left_alone():
    factories.course(name="Logic", simulated=True)
    assert words("name\nLogic\n") == ["2 new: Logic"]


def test_empty_import_has_no_files():
    assert plan_import([]).files == []


def test_audit_log_has_changed_courses_and_their_teachers(django_capture_on_commit_callbacks):
    admin, ada, bob = factories.user("administrator"), factories.teacher("Ada"), factories.teacher("Bob")
    course = factories.course(ada, name="Logic", school_id="L")
    with django_capture_on_commit_callbacks(execute=True):
        write(f"name,school_id,teachers\nLogic II,L,{bob.email}\nMaths,,\n", actor=admin)
    events = SecurityEvent.objects.filter(actor=admin, course=course.pk).order_by("pk")
    assert [(each.event, each.subject_id) for each in events] == [
        ("course_changed", None),
        ("teacher_added", bob.pk),
        ("teacher_removed", ada.pk),
    ]
    assert events[0].details == {"course": course.pk, "changes": {"name": None}}
    created = SecurityEvent.objects.get(event="course_created")
    assert (created.actor, created.course) == (admin, Course.objects.get(name="Maths").pk)


def test_audit_log_has_the_terms_of_a_course(django_capture_on_commit_callbacks):
    autumn, course = term("Autumn", 9), factories.course(name="Logic")
    with django_capture_on_commit_callbacks(execute=True):
        write("name,term\nLogic,Autumn\n")
    event = SecurityEvent.objects.get(event="course_changed")
    assert event.details == {"course": course.pk, "changes": {"term": [None, autumn.pk]}}
