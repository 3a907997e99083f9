"""What a launch opens: the linked course with the role that the platform names, and nothing else."""

import pytest
from django.test import Client
from django.utils import timezone
from lti_tool.models import LtiContext, LtiDeployment, LtiRegistration

from classroom.domain.courses.membership import block_students, remove_students
from classroom.models import Course, Enrolment, LtiCourse
from tests import factories
from tests.factories import NOW
from tests.lti_platform import ASSISTANT, CLAIM, STUDENT, TEACHER, person
from tests.lti_visits import INSTRUCTOR, LEARNER, answer, known, launch, take_site_keys

pytestmark = pytest.mark.django_db

DEEP_LINK = "https://purl.imsglobal.org/spec/lti-dl/claim/"


def link(platform, course: Course) -> Client:
    """The teacher of the course opens it from the platform for the first time, and chooses it."""
    browser = Client()
    known(platform, course.teachers.get(), "tom")
    page = launch(browser, platform, INSTRUCTOR)
    assert page.request["PATH_INFO"] == "/lti/course/"
    response = browser.post("/lti/course/", {"choice": f"course:{course.pk}"}, follow=True)
    assert response.request["PATH_INFO"] == f"/courses/{course.pk}/"
    return browser


def custom(**parameters: int) -> dict:
    return {f"{CLAIM}custom": {f"attune_{name}": str(value) for name, value in parameters.items()}}


def path(response) -> str:
    return response.request["PATH_INFO"]


def roles(course: Course) -> dict[str, set[str]]:
    return {
        "teachers": {user.email for user in course.teachers.all()},
        "assistants": {user.email for user in course.assistants.all()},
        "students": {each.student.email for each in course.enrolments.all()},
    }


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


# --- deep links


def choose(browser: Client, platform, choice: str, **settings) -> tuple:
    """Choose what a link on the platform opens; return the page with the answer, and what the platform reads in it."""
    take_site_keys(platform)
    launch(browser, platform, INSTRUCTOR | platform.deep_link_claims(**settings))
    response = browser.post("/lti/deep-link/", {"choice": choice})
    token = response.context["answer"]
    return response, platform.read(token, platform.issuer)


def test_teacher_chooses_a_course_for_a_link(client, platform):
    course = factories.course(known(platform, factories.teacher(), "tom"), name="Biology")
    _page, sent = choose(client, platform, f"course:{course.pk}", data="opaque")
    assert (sent[f"{CLAIM}message_type"], sent[f"{DEEP_LINK}data"]) == ("LtiDeepLinkingResponse", "opaque")
    assert sent[f"{DEEP_LINK}content_items"] == [
        {
            "type": "ltiResourceLink",
            "title": "Biology",
            "url": "http://testserver/lti/launch/",
            "custom": {"attune_course": str(course.pk)},
            "window": {"targetName": "_blank"},
        }
    ]
    assert path(launch(Client(), platform, LEARNER | custom(course=course.pk))) == f"/courses/{course.pk}/"


def test_teacher_chooses_a_running_class_for_a_link(client, platform):
    course = factories.course(known(platform, factories.teacher(), "tom"))
    session = factories.session(course)
    _page, sent = choose(client, platform, f"session:{session.pk}")
    [item] = sent[f"{DEEP_LINK}content_items"]
    assert item["custom"] == {"attune_course": str(course.pk), "attune_session": str(session.pk)}
    assert f"{DEEP_LINK}data" not in sent


def test_only_the_page_with_the_answer_has_a_form_that_leads_to_the_platform(client, platform):
    course = factories.course(known(platform, factories.teacher(), "tom"))
    page, _answer = choose(client, platform, f"course:{course.pk}")
    assert f'action="{platform.issuer}/deep-link"' in page.text
    assert f"form-action 'self' {platform.issuer};" in page["Content-Security-Policy"] + ";"
    assert platform.issuer not in client.get("/")["Content-Security-Policy"]
    assert client.get("/lti/deep-link/").status_code == 404


def test_second_course_of_a_context_opens_by_its_link(client, platform):
    teacher = known(platform, factories.teacher(), "tom")
    first, second = factories.course(teacher), factories.course(teacher)
    for course in (first, second):
        choose(client, platform, f"course:{course.pk}")
    assert path(launch(client, platform, INSTRUCTOR)) == f"/courses/{first.pk}/"
    assert path(launch(client, platform, INSTRUCTOR | custom(course=second.pk))) == f"/courses/{second.pk}/"


@pytest.mark.parametrize("roles", [STUDENT, ASSISTANT])
def test_only_teachers_choose(client, platform, roles):
    factories.course(known(platform, factories.teacher(), "zoe"))
    claims = person("zoe", "Zoë", roles) | platform.deep_link_claims()
    assert launch(client, platform, claims).status_code == 404
    assert client.post("/lti/deep-link/", {"choice": "new"}).status_code == 404


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://lms.example;evil/", "https://a@b.example/", "", None, 3]
)
def test_address_for_the_answer_that_is_none_is_refused(client, platform, url):
    known(platform, factories.teacher(), "tom")
    response = answer(client, platform, INSTRUCTOR | platform.deep_link_claims(deep_link_return_url=url))
    assert (response.status_code, "is incomplete" in response.text) == (403, True)
