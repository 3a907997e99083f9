from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.bulk_changes import ChangedMeanwhile
from accounts.models import SecurityEvent, User
from classroom.domain.courses.changes import archive_course
from classroom.domain.courses.deletion import begin_deletion
from classroom.domain.courses.membership import block_students, remove_students
from classroom.domain.courses.staff import add_assistant, invite_assistant
from classroom.models import Enrolment, JoinRequest, PastEnrolment, Removal, Term
from tests import factories
from tests.classroom.domain.imports.plans import plan, words, write
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HEADER = "person,course,role,status\n"


@pytest.fixture
def course():
    return factories.course(name="Logic", school_id="L")


def details(text: str) -> list[tuple[str, ...]]:
    return [row.details for row in plan(text).files[0].outcomes]


def test_people_are_enrolled_by_id_or_address(course):
    ada, bob = factories.user(name="Ada", school_id="7"), factories.user("teacher", name="Bob")
    text = f"{HEADER}7,L,,\n{bob.email},logic,teacher,active\n"
    assert words(text) == ["2 new: Ada in Logic as student", "3 new: Bob in Logic as teacher"]
    write(text)
    assert course.enrolments.get().student == ada
    assert bob in course.teachers.all()
    assert words(text) == ["2 unchanged: Ada in Logic as student", "3 unchanged: Bob in Logic as teacher"]


def test_role_in_a_course_can_be_another(course, django_capture_on_commit_callbacks):
    ada, bob = factories.student_of(course, "Ada"), factories.user("teacher", name="Bob")
    text = f"{HEADER}{ada.email},L,assistant,\n{bob.email},L,student,\n"
    assert words(text) == [
        "2 changed: Ada in Logic as assistant (role: student → assistant)",
        "3 new: Bob in Logic as student",
    ]
    with django_capture_on_commit_callbacks(execute=True):
        write(text)
    assert (list(course.assistants.all()), course.enrolments.get().student) == ([ada], bob)
    assert not Removal.objects.exists()
    assert SecurityEvent.objects.get(event="assistant_added").subject_id == ada.pk


def test_people_and_courses_may_come_in_the_same_import():
    write(
        "person,course\nada@example.org,Logic\n7,Logic\n",
        "name,teachers\nLogic,bob@example.org\n",
        "name,email,role,school_id\nAda,ada@example.org,,\nCid,c@example.org,,7\nBob,bob@example.org,teacher,\n",
    )
    assert set(Enrolment.objects.values_list("student__name", "course__name")) == {("Ada", "Logic"), ("Cid", "Logic")}


def test_removed_student_does_not_get_in_again_with_the_join_code(course, django_capture_on_commit_callbacks):
    admin, ada, bob = factories.user("administrator"), factories.student_of(course, "Ada"), factories.user(name="Bob")
    text = f"{HEADER}{ada.email},L,,tobedeleted\n{bob.email},L,,removed\n"
    assert words(text) == ["2 removed: Ada in Logic as student", "3 unchanged: Bob in Logic"]
    with django_capture_on_commit_callbacks(execute=True):
        write(text, actor=admin)
    assert not course.enrolments.exists()
    assert Removal.objects.values_list("student", "join_code", "removed_at").get() == (ada.pk, course.join_code, NOW)
    removed = SecurityEvent.objects.get(event="student_removed")
    assert (removed.actor_id, removed.subject_id, removed.details) == (admin.pk, ada.pk, {"course": course.pk})


def test_student_who_is_removed_and_enrolled_again_by_files_has_a_past_enrolment(course):
    ada, bob = factories.student_of(course, "Ada"), factories.student_of(course, "Bob")
    Enrolment.objects.update(joined_at=NOW - timedelta(days=9))
    write(f"{HEADER}{ada.email},L,,removed\n{bob.email},L,assistant,\n")
    write(f"{HEADER}{ada.email},L,,\n")
    assert course.enrolments.get().student == ada
    past = set(PastEnrolment.objects.values_list("course", "student", "joined_at", "left_at", "removed"))
    assert past == {(course.pk, each.pk, NOW - timedelta(days=9), NOW, True) for each in (ada, bob)}


def test_enrolling_ends_a_removal_and_a_request_to_join(course):
    ada, bob = factories.student_of(course, "Ada"), factories.user(name="Bob")
    remove_students(course=course, students=[ada.pk])
    JoinRequest.objects.create(course=course, student=bob, requested_at=NOW)
    write(f"{HEADER}{ada.email},L,,\n{bob.email},L,,\n")
    assert course.enrolments.count() == 2
    assert not Removal.objects.exists()
    assert not JoinRequest.objects.exists()


def test_blocked_student_is_refused(course):
    ada = factories.student_of(course, "Ada")
    block_students(course=course, students=[ada.pk], now=NOW)
    reason = f"{ada.email} is blocked in this course; a teacher of the course can unblock them"
    assert details(f"{HEADER}{ada.email},L,,\n") == [(reason,)]


def test_rows_are_refused_in_words(course):
    ada = factories.user(name="Ada")
    text = f"{HEADER}x,L,,\n{ada.email},X,,\n{ada.email},L,boss,\n{ada.email},L,,maybe\n"
    assert details(text)[:2] == [("nobody has the address or ID “x”",), ("no course has the name or ID “X”",)]
    assert details(f"{HEADER}{ada.email},L,boss,\n") == [("“boss” is not a role in a course",)]
    assert details(f"{HEADER}{factories.student_of(course).email},L,boss,removed\n") == [
        ("“boss” is not a role in a course",)
    ]
    assert details(f"{HEADER}{ada.email},L,,maybe\n") == [("“maybe” is not a status; use active or removed",)]
    assert details(f"{HEADER}{ada.email},L,,\n{ada.email},logic,,\n")[1] == (
        "lines 2 and 3 are about the same person and course",
    )


def test_account_must_fit_the_role(course):
    ada, admin = factories.user(name="Ada"), factories.user("administrator")
    assert details(f"{HEADER}{ada.email},L,teacher,\n{admin.email},L,,\n") == [
        (f"{ada.email} has a “student” account, which cannot have the role “teacher” in a course",),
        (f"{admin.email} has a “administrator” account, which cannot have the role “student” in a course",),
    ]


def test_new_assistant_has_no_open_invitation(course):
    ada = factories.user(name="Ada")
    invite_assistant(course=course, email=ada.email, now=NOW)
    write(f"{HEADER}{ada.email},L,assistant,\n")
    assert (list(course.assistants.all()), course.assistant_invitations.count()) == ([ada], 0)


def test_simulated_people_are_refused(course):
    User.objects.create(email="ada@simulation.invalid", name="Ada")
    assert details(f"{HEADER}ada@simulation.invalid,L,,\n") == [
        ("ada@simulation.invalid is simulated and cannot be in a real course",)
    ]


def test_members_of_an_archived_course_are_not_changed():
    course = factories.course(name="Logic", school_id="L", archived_at=NOW)
    ada, bob = factories.student_of(course, "Ada"), factories.user()
    refusal = ("the course is archived; an administrator can restore it",)
    assert details(f"{HEADER}{ada.email},L,,\n{bob.email},L,,\n") == [(), refusal]
    assert details(f"{HEADER}{ada.email},L,,removed\n") == [refusal]
    assert details(f"{HEADER}{bob.email},Logic,,\n") == [refusal]


@pytest.mark.parametrize("reference", ["Logic", "attune:{number}"])
def test_row_about_a_course_that_is_being_deleted_is_refused(reference):
    course, ada = factories.course(name="Logic", school_id="L"), factories.user()
    begin_deletion(course=course, now=NOW)
    row = f"{ada.email},{reference.format(number=course.pk)},,\n"
    assert details(HEADER + row) == [("the course is being deleted; import the file again once it is gone",)]


def test_term_tells_courses_of_one_name_apart():
    spring = Term.objects.create(name="Spring", first_day=date(2026, 2, 1), last_day=date(2026, 6, 30))
    ada, _old, new = factories.user(), factories.course(name="Logic"), factories.course(name="Logic", term=spring)
    text = f"person,course,term\n{ada.email},Logic,"
    assert details(f"{text}\n") == [("2 courses are called “Logic”; say which one by the school’s ID",)]
    write(f"{text}spring\n")
    assert new.enrolments.get().student == ada


def test_course_keeps_a_teacher(course):
    [teacher], other = course.teachers.all(), factories.teacher("Bob")
    leave = f"{teacher.email},L,teacher,removed\n"
    assert details(HEADER + leave) == [("the course would have no teacher",)]
    write(f"{HEADER}{leave}{other.email},L,teacher,\n")
    assert list(course.teachers.all()) == [other]


def test_teacher_who_cannot_sign_in_does_not_count_as_staying(course):
    [teacher], closed = course.teachers.all(), factories.user("teacher", "Bob", is_active=False)
    course.teachers.add(closed)
    assert details(f"{HEADER}{teacher.email},L,teacher,removed\n") == [("the course would have no teacher",)]
    assert details(f"{HEADER}{closed.email},L,teacher,removed\n") == [()]


def test_teacher_of_a_new_course_is_not_removed_by_the_same_import():
    ada = factories.teacher("Ada")
    courses = f"name,teachers\nMaths,{ada.email}\n"
    removal = plan(courses, f"{HEADER}{ada.email},Maths,,removed\n").files[1].outcomes
    assert [row.details for row in removal] == [("the course would have no teacher",)]


@pytest.mark.parametrize(
    ("present", "named"),
    [("teacher", "student"), ("teacher", "assistant"), ("assistant", "pupil"), ("student", "teacher")],
)
def test_removal_from_a_role_that_the_person_does_not_have_changes_nothing(course, present, named):
    bob = member(course, present)
    removal = f"{HEADER}{bob.email},L,{named},removed\n"
    assert words(removal) == [f"2 unchanged: Bob in Logic as {present}"]
    write(removal)
    assert words(f"{HEADER}{bob.email},L,{present},\n") == [f"2 unchanged: Bob in Logic as {present}"]


@pytest.mark.parametrize("is_named", [True, False])
@pytest.mark.parametrize("present", ["student", "assistant", "teacher"])
def test_removal_is_from_the_role_that_the_person_has(course, present, is_named):
    bob = member(course, present)
    removal = f"{HEADER}{bob.email},L,{present if is_named else ''},removed\n"
    assert words(removal) == [f"2 removed: Bob in Logic as {present}"]
    write(removal)
    assert words(removal) == ["2 unchanged: Bob in Logic"]


def member(course, role):
    bob = factories.teacher("Bob")
    if role == "student":
        Enrolment.objects.create(course=course, student=bob)
    else:
        (course.teachers if role == "teacher" else course.assistants).add(bob)
    return bob


def block(course, ada, bob):
    block_students(course=course, students=[ada.pk], now=NOW)


def make_assistant(course, ada, bob):
    add_assistant(course=course, user=bob)


def leave_the_teacher_alone(course, ada, bob):
    course.teachers.set([course.teachers.first()])


def archive(course, ada, bob):
    archive_course(course=course, now=NOW)


@pytest.mark.parametrize("change", [block, make_assistant, leave_the_teacher_alone, archive])
def test_nothing_is_written_if_members_have_changed_since_the_plan(course, change):
    ada, bob = factories.user(name="Ada"), factories.user(name="Bob")
    JoinRequest.objects.create(course=course, student=ada, requested_at=NOW)
    course.teachers.add(factories.teacher())
    first = course.teachers.first()
    planned = plan(f"{HEADER}{ada.email},L,,\n{bob.email},L,,\n{first.email},L,teacher,removed\n")
    change(course, ada, bob)
    with pytest.raises(ChangedMeanwhile):
        planned.write(now=NOW)
    assert not course.enrolments.exists()
    assert first in course.teachers.all()
    assert Removal.objects.filter(blocked=True).exists() == (change is block)


@pytest.mark.parametrize("status", ["", "removed"])
def test_number_of_queries_grows_by_batches_alone(course, status):
    def queries(count: int) -> int:
        users = User.objects.bulk_create(User(email=f"{count}-{n}@example.org", name=f"{n}") for n in range(count))
        if status:
            Enrolment.objects.bulk_create(Enrolment(course=course, student=user) for user in users)
        with CaptureQueriesContext(connection) as captured:
            write(HEADER + "".join(f"{user.email},L,,{status}\n" for user in users))
        return len(captured)

    assert queries(3) == queries(40)
