import contextlib

from django.http import Http404
from django.utils import timezone
from django.utils.decorators import method_decorator
from redis.exceptions import RedisError
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.browser_sessions.idle import without_renewal
from accounts.requests import SignedInApiRequest
from accounts.security_log.events import LIVE_AGAIN_S
from classroom.domain.consent.consents import class_consent
from classroom.domain.history.session_report import build_student_report, to_payload
from classroom.domain.live.state import live_state
from classroom.domain.sessions import record_teacher_activity
from classroom.tasks.follow_session import note_activity
from classroom.views.access import session_for_staff
from classroom.views.viewing import records_view


@method_decorator([without_renewal, records_view("session_live", again_after_s=LIVE_AGAIN_S)], name="dispatch")
class SessionLive(APIView):
    """The current state of the teacher's dashboard. The socket then sends changes. If the network blocks sockets, the
    page polls every few seconds."""

    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        session, now = session_for_staff(request.user, pk), timezone.now()
        if session.is_running:
            # A dashboard without a socket also keeps its session open and followed.
            with contextlib.suppress(RedisError):  # the state itself comes from the database
                record_teacher_activity(session_id=pk, now=now)
            note_activity(pk)
        return Response(live_state(session=session, now=now))


@method_decorator(without_renewal, name="dispatch")
class SessionConsent(APIView):
    """The consent text that applies in the class, and how many of its students agree."""

    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        return Response(class_consent(session=session_for_staff(request.user, pk)))


@method_decorator(records_view("session_student"), name="dispatch")
class SessionStudent(APIView):
    """One student's session so far, for the staff of the course. 404 until the student joins."""

    def get(self, request: SignedInApiRequest, pk: int, student_pk: int) -> Response:
        session = session_for_staff(request.user, pk)
        report = build_student_report(session=session, student=student_pk, now=timezone.now())
        if report is None:
            raise Http404
        return Response(to_payload(report))
