"""A launch opens the linked course with the role that the platform names, and nothing else."""

import pytest
from django.test import Client
from django.utils import timezone
from lti_tool.models import LtiContext, LtiDeployment, LtiRegistration

from classroom.domain.courses.membership import block_students, remove_students
from classroom.models import Course, Enrolment, LtiCourse
from tests import factories
from tests.factories import NOW
from tests.lti_platform import ASSISTANT, CLAIM, TEACHER, person
from tests.lti_visits import INSTRUCTOR, LEARNER, custom, known, launch, path, signed_in_as

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def link(platform, course: Course) -> Client:
    """The teacher of the course opens it from the platform for the first time, and chooses it."""
    browser = Client()
    known(platform, course.teachers.get(), "tom")
    page = launch(browser, platform, INSTRUCTOR)
    assert page.request["PATH_INFO"] == "/lti/course/"
    response = browser.post("/lti/course/", {"choice": f"course:{course.pk}"}, follow=True)
    assert response.request["PATH_INFO"] == f"/courses/{course.pk}/"
    return browser


def roles(course: Course) -> dict[str, set[str]]:
    return {
        "teachers": {user.email for user in course.teachers.all()},
        "assistants": {user.email for user in course.assistants.all()},
        "students": {each.student.email for each in course.enrolments.all()},
    }


@pytest.mark.services
def test_teacher_links_a_course_of_theirs_and_opens_it_from_then_on(platform):
    course, _other = factories.course(), factories.course()
    browser = link(platform, course)
    assert LtiContext.objects.get().title == "Biology 7b"
    assert path(launch(browser, platform, INSTRUCTOR)) == f"/courses/{course.pk}/"
    assert path(launch(Client(), platform, INSTRUCTOR)) == f"/courses/{course.pk}/"
    assert LtiCourse.objects.get().course == course


def test_teacher_is_offered_only_courses_that_they_teach_and_that_are_current(client, platform):
    teacher = known(platform, factories.teacher(), "tom")
    own, other = factories.course(teacher), factories.course()
    factories.course(teacher, archived_at=NOW)
    page = launch(client, platform, INSTRUCTOR)
    assert [value for value, _label in page.context["form"].fields["choice"].choices] == [f"course:{own.pk}"]
    for choice in (f"course:{other.pk}", "new", "course:9999999999999999999", ""):
        assert client.post("/lti/course/", {"choice": choice}).status_code == 422
    assert not LtiCourse.objects.exists()


def test_teacher_creates_the_course_where_the_school_lets_them(client, platform, settings):
    settings.TEACHERS_CREATE_COURSES = True
    launch(client, platform, INSTRUCTOR)
    client.post("/lti/course/", {"choice": "new"})
    course = Course.objects.get()
    assert (course.name, course.mode) == ("Biology 7b", "answers")
    assert roles(course)["teachers"] == {"tom@school.example"}


def test_second_teacher_who_is_still_choosing_comes_into_the_course_of_the_first(client, platform, settings):
    settings.TEACHERS_CREATE_COURSES = True
    second = Client()
    for browser, teacher in ((client, INSTRUCTOR), (second, person("tia", "Tia", TEACHER))):
        assert path(launch(browser, platform, teacher)) == "/lti/course/"
    client.post("/lti/course/", {"choice": "new"})
    response = second.post("/lti/course/", {"choice": "new"}, follow=True)
    course = Course.objects.get()
    assert path(response) == f"/courses/{course.pk}/"
    assert roles(course)["teachers"] == {"tom@school.example", "tia@school.example"}


@pytest.mark.parametrize(
    ("claims", "kind"),
    [
        (LEARNER, "students"),
        (person("amy", "Amy", ASSISTANT), "assistants"),
        (person("tia", "Tia", TEACHER), "teachers"),
    ],
)
def test_person_comes_into_the_course_with_the_role_of_the_platform(client, platform, claims, kind):
    course = factories.course()
    link(platform, course)
    before = roles(course)
    assert path(launch(client, platform, claims)) == f"/courses/{course.pk}/"
    assert roles(course) == before | {kind: before[kind] | {claims["email"]}}


def test_student_of_a_course_that_nobody_has_linked_waits(client, platform):
    course = factories.course()
    response = launch(client, platform, LEARNER)
    assert (response.status_code, "Your teacher has not linked this course yet." in response.text) == (403, True)
    assert (Enrolment.objects.exists(), course.lti_links.exists()) == (False, False)


def test_role_that_somebody_has_in_the_course_stays(client, platform):
    course = factories.course()
    link(platform, course)
    student = known(platform, factories.student_of(course), "zoe")
    before = roles(course)
    assert path(launch(client, platform, person("zoe", "Zoë", TEACHER))) == f"/courses/{course.pk}/"
    assert roles(course) == before
    assert student.email in before["students"]


def test_student_s_account_does_not_become_a_teacher(client, platform):
    course = factories.course()
    link(platform, course)
    known(platform, factories.user(), "zoe")
    response = launch(client, platform, person("zoe", "Zoë", TEACHER))
    assert (response.status_code, "Your account is not a teacher’s." in response.text) == (403, True)
    assert roles(course)["teachers"] == {course.teachers.get().email}


def test_role_in_the_institution_gives_none_in_the_course(client, platform):
    course = factories.course()
    link(platform, course)
    institution = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"
    before = roles(course)
    claims = person("ida", "Ida", [f"{institution}#Instructor", f"{institution}#Administrator", "Mentor"])
    assert launch(client, platform, claims).status_code == 403
    assert roles(course) == before


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"accepts_joins": False}, "This course takes no new students at the moment."),
        ({"archived_at": NOW}, "This course takes no new students at the moment."),
    ],
    ids=["closed", "archived"],
)
def test_student_does_not_join_a_course_that_takes_none(client, platform, fields, text):
    course = factories.course()
    link(platform, course)
    Course.objects.filter(pk=course.pk).update(**fields)
    response = launch(client, platform, LEARNER)
    assert (response.status_code, text in response.text, course.enrolments.exists()) == (403, True, False)


@pytest.mark.parametrize(
    ("is_blocked", "text"), [(False, "You were removed from this course."), (True, "You cannot join this course.")]
)
def test_student_whom_the_teacher_removed_does_not_come_back(client, platform, is_blocked, text):
    course = factories.course()
    link(platform, course)
    student = known(platform, factories.student_of(course), "zoe")
    if is_blocked:
        block_students(course=course, students=[student.pk], now=NOW)
    else:
        remove_students(course=course, students=[student.pk])
    response = launch(client, platform, LEARNER)
    assert (response.status_code, text in response.text, course.enrolments.exists()) == (403, True, False)


@pytest.mark.parametrize("roles_there", [ASSISTANT, TEACHER], ids=["assistant", "teacher"])
@pytest.mark.parametrize(
    ("is_blocked", "text"), [(False, "You were removed from this course."), (True, "You cannot join this course.")]
)
def test_student_whom_the_teacher_removed_does_not_come_back_as_staff(client, platform, is_blocked, text, roles_there):
    course = factories.course()
    link(platform, course)
    user = known(platform, factories.teacher(), "zoe")
    Enrolment.objects.create(course=course, student=user)
    if is_blocked:
        block_students(course=course, students=[user.pk], now=NOW)
    else:
        remove_students(course=course, students=[user.pk])
    before = roles(course)
    response = launch(client, platform, person("zoe", "Zoë", roles_there))
    assert (response.status_code, text in response.text, roles(course)) == (403, True, before)
    assert course.removals.get().blocked == is_blocked


@pytest.mark.parametrize("roles_there", [ASSISTANT, TEACHER], ids=["assistant", "teacher"])
def test_archived_course_gets_no_staff(client, platform, roles_there):
    course = factories.course()
    link(platform, course)
    Course.objects.filter(pk=course.pk).update(archived_at=NOW)
    before = roles(course)
    response = launch(client, platform, person("tia", "Tia", roles_there))
    text = "This course is archived: its members cannot be changed."
    assert (response.status_code, text in response.text, roles(course)) == (403, True, before)


@pytest.mark.services
def test_person_who_was_kept_out_is_not_signed_in_again_after_they_signed_out(client, platform):
    course = factories.course()
    link(platform, course)
    Course.objects.filter(pk=course.pk).update(archived_at=NOW)
    assert launch(client, platform, LEARNER).status_code == 403
    client.post("/accounts/logout/")
    assert (client.get("/lti/sign-in/").status_code, signed_in_as(client)) == (404, None)


def test_link_to_a_class_opens_it_for_each_role(client, platform):
    course = factories.course()
    session = factories.session(course, started_at=timezone.now())
    teacher = link(platform, course)
    target = custom(course=course.pk, session=session.pk)
    assert path(launch(teacher, platform, INSTRUCTOR | target)) == f"/sessions/{session.pk}/live/"
    page = launch(client, platform, LEARNER | target)
    assert path(page) == f"/sessions/{session.pk}/attend/"


def test_launch_gives_no_consent_and_starts_nothing(client, platform):
    course = factories.course()
    session = factories.session(course)
    link(platform, course)
    launch(client, platform, LEARNER | custom(course=course.pk, session=session.pk))
    student = course.enrolments.get().student
    assert (student.consents.exists(), session.attendances.exists(), session.readings.exists()) == (False, False, False)


@pytest.mark.services
def test_link_names_no_course_that_is_not_linked(client, platform):
    course, other = factories.course(), factories.course()
    session = factories.session(other)
    link(platform, course)
    page = launch(client, platform, LEARNER | custom(course=other.pk, session=session.pk))
    assert path(page) == f"/courses/{course.pk}/"
    assert not other.enrolments.exists()


def test_parameters_that_are_no_numbers_open_the_course(client, platform):
    course = factories.course()
    link(platform, course)
    claims = LEARNER | {f"{CLAIM}custom": {"attune_course": "1 or 1", "attune_session": "9" * 30}}
    assert path(launch(client, platform, claims)) == f"/courses/{course.pk}/"


def test_same_context_of_another_deployment_is_another_course(client, platform):
    course = factories.course()
    link(platform, course)
    LtiDeployment.objects.create(
        registration=LtiRegistration.objects.get(), deployment_id="deployment-2", is_active=True
    )
    platform.changed_claims = {f"{CLAIM}deployment_id": "deployment-2"}
    assert launch(client, platform, LEARNER).status_code == 403
    assert not course.enrolments.exists()


def test_launch_opens_once(client, platform):
    course = factories.course()
    link(platform, course)
    launch(client, platform, LEARNER)
    assert client.get("/lti/open/").status_code == 404


def test_launch_of_somebody_else_opens_nothing_for_the_person_who_is_signed_in(client, platform):
    course = factories.course()
    link(platform, course)
    known(platform, factories.user(), "zoe")
    client.force_login(factories.user())
    launch(client, platform, LEARNER)
    assert client.get("/lti/open/").url == "/lti/sign-in/"
    assert not course.enrolments.exists()
