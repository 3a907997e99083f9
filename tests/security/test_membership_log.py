"""The security log records a teacher's changes to who is in a course."""

import pytest

from accounts.models import SecurityEvent
from classroom.domain.courses.membership import block_students
from classroom.models import JoinRequest
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return factories.course()


@pytest.fixture
def post(course, client, django_capture_on_commit_callbacks):
    """Change something as the course's teacher, and return the events, oldest first: name, actor, subject, details."""
    teacher = course.teachers.get()
    client.force_login(teacher)
    before = set(SecurityEvent.objects.values_list("pk", flat=True))

    def change(page: str, **body):
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(f"/courses/{course.pk}/members/{page}/", body).status_code == 302
        events = SecurityEvent.objects.exclude(pk__in=before).order_by("pk")
        assert set(events.values_list("actor_id", flat=True)) <= {teacher.pk}
        return list(events.values_list("event", "subject_id", "details"))

    return change


@pytest.mark.parametrize(("change", "event"), [("unblock", "student_unblocked"), ("readmit", "student_readmitted")])
def test_lifted_block_is_logged(course, post, change, event):
    ada = factories.student_of(course)
    block_students(course=course, students=[ada.pk], now=NOW)
    assert post("change", **{change: ada.pk}) == [(event, ada.pk, {"course": course.pk})]


def test_approved_student_is_logged(course, post):
    ada = factories.user()
    JoinRequest.objects.create(course=course, student=ada, requested_at=NOW)
    assert post("change", approve=ada.pk) == [("student_approved", ada.pk, {"course": course.pk})]


def test_new_join_code_is_logged_without_the_code(course, post):
    assert post("join-code") == [("join_code_changed", None, {"course": course.pk})]


def test_approval_is_logged_when_it_is_switched(course, post):
    switched_on = ("join_approval_changed", None, {"course": course.pk, "approves_joins": True})
    assert post("joining", joining="approved") == [switched_on]
    assert post("joining", joining="approved") == [switched_on]
    assert post("joining", joining="everybody") == [
        switched_on,
        ("join_approval_changed", None, {"course": course.pk, "approves_joins": False}),
    ]


def test_new_join_code_of_the_administration_is_logged(course, client, django_capture_on_commit_callbacks):
    client.force_login(factories.user("administrator"))
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/admin/classroom/course/", {"action": "renew_join_code", "_selected_action": course.pk})
    assert SecurityEvent.objects.get(event="join_code_changed").details == {"course": course.pk}
