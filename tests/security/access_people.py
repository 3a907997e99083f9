"""A course with everybody who may have something to do with it, and strangers, for the table of access. Names of the
school's people and courses contain the word INSIDE, those of another school do not."""

from dataclasses import dataclass, field
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client
from django.test.client import ClientHandler
from django.utils import timezone
from lti_tool.models import LtiContext, LtiRegistration

from accounts.invitations.lifecycle import invite
from accounts.lti.platforms import save_platform
from accounts.models import DEFAULT_ORGANISATION, Organisation, User
from accounts.organisations.changes import change_looks
from classroom.domain.markers import add_marker
from classroom.domain.webhooks.signing import new_secret
from classroom.models import Alert, AlertKind, Course, LtiCourse, Term, Webhook
from tests import factories

INSIDE = "Inside"
ANONYMOUS = "anonymous"
OUTSIDE_STUDENT, OUTSIDE_TEACHER, OUTSIDE_ADMINISTRATOR = OUTSIDERS = (
    *("student of another school", "teacher of another school", "administrator of another school"),
)
OTHER_STUDENT, STUDENT, ASSISTANT, OTHER_TEACHER, TEACHER, ADMINISTRATOR = INSIDERS = (
    *("student of another course", "student", "assistant"),
    *("teacher of another course", "teacher", "administrator"),
)
PEOPLE = (ANONYMOUS, *OUTSIDERS, *INSIDERS)
SIGNED_IN = PEOPLE[1:]


@dataclass(frozen=True)
class School:
    """`ids` fill the placeholders of paths; `session_keys` are the people's sign-ins."""

    people: dict[str, User | None]
    ids: dict[str, str | int]
    session_keys: dict[str, str]
    # Its middleware is built once for all requests, as in a server.
    handler: ClientHandler = field(default_factory=lambda: ClientHandler(enforce_csrf_checks=False))

    def client(self, who: str) -> Client:
        client = Client()
        client.handler = self.handler
        if who != ANONYMOUS:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.session_keys[who]
        return client


def school() -> School:
    course, other = (factories.course(factories.teacher(f"{INSIDE} {n}"), name=f"{INSIDE} {n}") for n in "AB")
    course.join_code = "STAT2345"
    course.save()
    first = Organisation.objects.get(pk=DEFAULT_ORGANISATION)
    change_looks(organisation=first, name=f"{INSIDE} school", colour="#1c71d8", png=b"a picture", without_logo=False)
    first.refresh_from_db()
    people = _people(course, other)
    student, now = people[STUDENT], timezone.now()
    invited = invite(email="inside@example.org", role="student", language="en", invited_by=None, now=now)
    term = Term.objects.create(name=f"{INSIDE} term", first_day=now, last_day=now)
    webhook = Webhook.objects.create(
        name=f"{INSIDE} webhook", url="https://a.example/", secret=new_secret(), is_active=False
    )
    course.assistant_invitations.create(email="other@example.org", invitee=people[OTHER_STUDENT], invited_at=now)
    factories.api_token(student)
    ids = {
        **{"course": course.pk, "student": student.pk, "assistant": people[ASSISTANT].pk},
        **{"invitation": invited.pk, "term": term.pk, "webhook": webhook.pk},
        **{"text": student.consents.get().text.version, "consent": student.consents.get().pk},
        **{"guardian": factories.guardian_consent(student).pk, "token": student.api_tokens.get().pk},
        "logo": first.logo_key,
    }
    ids |= _classes(course, people) | _learning_platform(course)
    session_keys = {who: _session_key(people[who]) for who in SIGNED_IN}
    # It has no session, so signing in would delete it.
    browser = UserSession.objects.create(user=student, session_key="another", ip="127.0.0.1", user_agent="", data={})
    return School(people, ids | {"browser": browser.pk}, session_keys)


def _people(course: Course, other: Course) -> dict[str, User | None]:
    outside = factories.course(organisation=factories.organisation())
    return {
        ANONYMOUS: None,
        OUTSIDE_STUDENT: factories.student_of(outside),
        OUTSIDE_TEACHER: outside.teachers.get(),
        OUTSIDE_ADMINISTRATOR: factories.user("administrator", organisation=outside.organisation, is_superuser=False),
        OTHER_STUDENT: factories.student_of(other, f"{INSIDE} C"),
        STUDENT: factories.student_of(course, f"{INSIDE} D"),
        ASSISTANT: factories.assistant_of(course, f"{INSIDE} E"),
        OTHER_TEACHER: other.teachers.get(),
        TEACHER: course.teachers.get(),
        ADMINISTRATOR: factories.user("administrator", f"{INSIDE} F"),
    }


def _classes(course: Course, people: dict[str, User | None]) -> dict[str, int]:
    """A class that has ended and one that runs, with a reading each; the second has an alert and a marker."""
    now = timezone.now()
    ended = factories.session(course, started_at=now - timedelta(hours=2), ended_at=now - timedelta(hours=1))
    running = factories.session(course, started_at=now)
    for session in (ended, running):
        factories.attendance(session, people[STUDENT], joined_at=session.started_at)
        factories.reading(session, people[STUDENT], after_s=1)
    alert = Alert.objects.create(
        session=running, kind=AlertKind.PRESENCE_LOW, pending_at=now, fired_at=now, figures={"present": 0, "peak": 1}
    )
    marker = add_marker(session=running, author=people[TEACHER], text=f"{INSIDE} exercise", at=now)
    return {"ended": ended.pk, "running": running.pk, "alert": alert.pk, "marker": marker.pk}


def _learning_platform(course: Course) -> dict[str, int]:
    """A platform, one of whose courses is the given one."""
    platform = LtiRegistration(name=f"{INSIDE} Moodle", issuer="https://lms.example", client_id="attune")
    save_platform(platform=platform, deployment_ids=["1"], organisation=course.organisation)
    context = LtiContext.objects.create(deployment=platform.deployments.get(), id_on_platform="1")
    return {"platform": platform.pk, "lti_course": LtiCourse.objects.create(context=context, course=course).pk}


def _session_key(user: User | None) -> str:
    client = Client()
    client.force_login(user)
    return client.session.session_key
