"""A student who comes back to a course has the absences that they had: every page, file and answer agrees."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Scope
from classroom.models import Enrolment
from tests import factories
from tests.classroom.domain.imports.plans import plan

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HEADER = "person,course,role,status\n"


@pytest.fixture
def course():
    return factories.course(name="Physics", school_id="P")


@pytest.fixture
def sessions(course):
    """Two classes, at both of which Ada is enrolled. Ben attends both, Ada none."""
    now = timezone.now()
    ada, ben = (factories.student_of(course, name) for name in ("Ada", "Ben"))
    Enrolment.objects.update(joined_at=now - 9 * DAY)
    made = []
    for days in (5, 3):
        start = now - days * DAY
        session = factories.session(course, started_at=start, ended_at=start + timedelta(hours=1))
        factories.attendance(session, ben, joined_at=start, left_at=session.ended_at)
        made.append(session)
    assert ada not in course.teachers.all()
    return made


def leave_and_join(client, course, ada):
    client.force_login(ada)
    client.post(f"/courses/{course.pk}/leave/")
    client.post("/courses/join/", {"join_code": course.join_code})


def remove_and_readmit(client, course, ada):
    client.force_login(course.teachers.get())
    for change in ("remove", "readmit"):
        client.post(f"/courses/{course.pk}/members/change/", {change: str(ada.pk)})


def block_unblock_and_approve(client, course, ada):
    course.approves_joins = True
    course.save()
    client.force_login(course.teachers.get())
    for change in ("block", "unblock"):
        client.post(f"/courses/{course.pk}/members/change/", {change: str(ada.pk)})
    client.force_login(ada)
    client.post("/courses/join/", {"join_code": course.join_code})
    client.force_login(course.teachers.get())
    client.post(f"/courses/{course.pk}/members/change/", {"approve": str(ada.pk)})


def import_twice(client, course, ada):
    for status in ("removed", ""):
        plan(f"{HEADER}{ada.email},P,,{status}\n").write(now=timezone.now())


def shown(client, course, sessions) -> dict[str, object]:
    """What each place says about the course's absences."""
    teacher = course.teachers.get()
    client.force_login(teacher)
    text = client.get(f"/courses/{course.pk}/register.csv").content.decode("utf-8-sig")
    term = client.get(f"/courses/{course.pk}/term/").content.decode()
    token = factories.api_token(teacher, Scope.ATTENDANCE_READ)
    answers = [
        client.get(f"/api/v1/sessions/{each.pk}/attendance/", headers={"Authorization": f"Bearer {token}"}).json()
        for each in sessions
    ]
    found: dict[str, object] = {
        "register": [(row["name"], row["attended"], row["absent"]) for row in csv.DictReader(io.StringIO(text))],
        "term": "Ada" in term,
        "reports": [
            "1 of 2 students came" in client.get(f"/sessions/{each.pk}/").content.decode() for each in sessions
        ],
        "files": ["Ada" in client.get(f"/sessions/{each.pk}/attendance.csv").content.decode() for each in sessions],
        "api": ["Ada" in str(answer) for answer in answers],
    }
    client.force_login(course.enrolments.get(student__name="Ada").student)
    own = client.get(f"/courses/{course.pk}/mine/").context["missed"]
    return found | {"own": list(own)}


@pytest.mark.parametrize("change", [leave_and_join, remove_and_readmit, block_unblock_and_approve, import_twice])
def test_absences_stay_when_a_student_comes_back(client, course, sessions, change):
    before = shown(client, course, sessions)
    assert before == {
        "register": [("Ada", "0", "2"), ("Ben", "2", "0")],
        "term": True,
        "reports": [True, True],
        "files": [True, True],
        "api": [True, True],
        "own": sessions[::-1],
    }
    ada = course.enrolments.get(student__name="Ada").student
    change(client, course, ada)
    assert course.enrolments.get(student=ada).joined_at > sessions[-1].ended_at
    assert shown(client, course, sessions) == before
