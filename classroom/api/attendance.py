from django.utils import timezone
from django.utils.decorators import method_decorator
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.browser_sessions.idle import without_renewal
from accounts.requests import SignedInApiRequest
from classroom.domain.attendance import LeftByChoice, SessionEnded, attend_by_requests, leave_session
from classroom.domain.self_reports import (
    SelfReportRefused,
    current_responses,
    lower_hand,
    raise_hand,
    record_answer,
)
from classroom.infra.rate_limits import MAX_COMMANDS_PER_MINUTE, MAX_POLLS_PER_MINUTE, MINUTE_S, count_event
from classroom.models import SelfReport
from classroom.tasks.follow_session import note_activity
from classroom.views.access import session_for_student

# The fields of a request that the student triggered; the page sends the others by itself.
COMMANDS = frozenset({"answer", "hand_up", "left"})


class AttendanceSerializer(serializers.Serializer):
    """The student's actions, if any. An absent field changes nothing."""

    joins = serializers.BooleanField(default=False)
    answer = serializers.ChoiceField(choices=SelfReport.Answer.choices, required=False)
    hand_up = serializers.BooleanField(required=False)
    left = serializers.BooleanField(required=False)


@method_decorator(without_renewal, name="dispatch")
class OwnAttendance(APIView):
    """Keeps a student in class when the network blocks the socket, without snapshots. Like a socket, it does not renew
    the sign-in."""

    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Keep the student in class, record what they do, and return their answer and hand. 409 after they left, unless
        they join again; 410 after the end; 429 beyond the polls or commands that a student may send in a minute.
        Commands on sockets count, too."""
        if _exceeds_rate(request):
            return Response(status=status.HTTP_429_TOO_MANY_REQUESTS, headers={"Retry-After": str(MINUTE_S)})
        session, student, now = session_for_student(request.user, pk), request.user, timezone.now()
        serializer = AttendanceSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        sent = serializer.validated_data
        try:
            stay = attend_by_requests(session=session, student=student, now=now, joins=sent["joins"])
            if "answer" in sent:
                record_answer(session=session, student=student, answer=sent["answer"], now=now)
            if "hand_up" in sent:
                move = raise_hand if sent["hand_up"] else lower_hand
                move(session=session, student=student, now=now)
        except (SessionEnded, SelfReportRefused):
            return Response(status=status.HTTP_410_GONE)
        except LeftByChoice:
            return Response(status=status.HTTP_409_CONFLICT)
        if sent.get("left"):
            leave_session(stay=stay, by_choice=True, now=now)
        note_activity(pk)
        return Response(current_responses(session=session, student=student, now=now))


def _exceeds_rate(request: SignedInApiRequest) -> bool:
    """Count the request: as a command, if it does more than keep the student in class."""
    if isinstance(request.data, dict) and request.data.keys() & COMMANDS:
        return count_event("commands", request.user.pk, period_s=MINUTE_S) > MAX_COMMANDS_PER_MINUTE
    return count_event("polls", request.user.pk, period_s=MINUTE_S) > MAX_POLLS_PER_MINUTE
