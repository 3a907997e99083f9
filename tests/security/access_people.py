"""A course with everybody who may have something to do with it, and strangers, for the table of access. Names of the
school's people and courses have the word INSIDE; those of another school have not."""

from dataclasses import dataclass
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client
from django.utils import timezone
from lti_tool.models import LtiContext, LtiRegistration

from accounts.invitations.lifecycle import invite
from accounts.lti.platforms import save_platform
from accounts.models import DEFAULT_ORGANISATION, Organisation, User
from accounts.organisations.changes import change_looks
from classroom.domain.markers import add_marker
from classroom.domain.webhooks.signing import new_secret
from classroom.models import Alert, AlertKind, LtiCourse, Term, Webhook
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

    def client(self, who: str) -> Client:
        client = Client()
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
    outside = factories.course(organisation=factories.organisation())
    people: dict[str, User | None] = {
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
    student, now = people[STUDENT], timezone.now()
    ended = factories.session(course, started_at=now - timedelta(hours=2), ended_at=now - timedelta(hours=1))
    running = factories.session(course, started_at=now)
    for session in (ended, running):
        factories.attendance(session, student, joined_at=session.started_at)
        factories.reading(session, student, after_s=1)
    alert = Alert.objects.create(
        session=running, kind=AlertKind.PRESENCE_LOW, pending_at=now, fired_at=now, figures={"present": 0, "peak": 1}
    )
    course.assistant_invitations.create(email="other@example.org", invitee=people[OTHER_STUDENT], invited_at=now)
    marker = add_marker(session=running, author=people[TEACHER], text=f"{INSIDE} exercise", at=now)
    invited = invite(email="inside@example.org", role="student", language="en", invited_by=None, now=now)
    term = Term.objects.create(name=f"{INSIDE} term", first_day=now, last_day=now)
    ids: dict[str, str | int] = {
        "invitation": invited.pk,
        **{"course": course.pk, "ended": ended.pk, "running": running.pk},
        **{
            "student": student.pk,
            "assistant": people[ASSISTANT].pk,
            "alert": alert.pk,
            "marker": marker.pk,
            "term": term.pk,
        },
        **{"text": student.consents.get().text.version, "consent": student.consents.get().pk},
        "webhook": Webhook.objects.create(
            name=f"{INSIDE} webhook", url="https://a.example/", secret=new_secret(), is_active=False
        ).pk,
        "logo": first.logo_key,
        "guardian": factories.guardian_consent(student).pk,
    }
    platform = LtiRegistration(name=f"{INSIDE} Moodle", issuer="https://lms.example", client_id="attune")
    save_platform(platform=platform, deployment_ids=["1"], organisation=course.organisation)
    context = LtiContext.objects.create(deployment=platform.deployments.get(), id_on_platform="1")
    ids |= {"platform": platform.pk, "lti_course": LtiCourse.objects.create(context=context, course=course).pk}
    keys = {}
    for who in SIGNED_IN:
        client = Client()
        client.force_login(people[who])
        keys[who] = client.session.session_key
    factories.api_token(student)
    browser = UserSession.objects.create(user=student, session_key="another", ip="127.0.0.1", user_agent="", data={})
    return School(people, ids | {"browser": browser.pk, "token": student.api_tokens.get().pk}, keys)
