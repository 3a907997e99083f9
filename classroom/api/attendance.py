from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import SignedInApiRequest
from classroom.domain.attendance import SessionEnded, attend_by_requests, leave_session
from classroom.domain.self_reports import (
    SelfReportRefused,
    current_responses,
    lower_hand,
    raise_hand,
    record_answer,
)
from classroom.infra.rate_limits import MAX_COMMANDS_PER_MINUTE, MINUTE_S, count_event
from classroom.models import SelfReport
from classroom.tasks.follow_session import note_activity
from classroom.views.access import session_for_student


class AttendanceSerializer(serializers.Serializer):
    """What the student does, if anything. An absent field changes nothing."""

    answer = serializers.ChoiceField(choices=SelfReport.Answer.choices, required=False)
    hand_up = serializers.BooleanField(required=False)
    left = serializers.BooleanField(required=False)


class OwnAttendance(APIView):
    """A student's place in class where the network blocks the socket. There are no snapshots by HTTP."""

    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Keep the student in class, record what they do, and return their answer and hand. 410 after the end; 429
        beyond the commands that a student may send in a minute, on sockets and here."""
        if count_event("commands", request.user.pk, period_s=MINUTE_S) >= MAX_COMMANDS_PER_MINUTE:
            return Response(status=status.HTTP_429_TOO_MANY_REQUESTS, headers={"Retry-After": str(MINUTE_S)})
        session, student, now = session_for_student(request.user, pk), request.user, timezone.now()
        serializer = AttendanceSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        sent = serializer.validated_data
        try:
            stay = attend_by_requests(session=session, student=student, now=now)
            if "answer" in sent:
                record_answer(session=session, student=student, answer=sent["answer"], now=now)
            if "hand_up" in sent:
                move = raise_hand if sent["hand_up"] else lower_hand
                move(session=session, student=student, now=now)
        except (SessionEnded, SelfReportRefused):
            return Response(status=status.HTTP_410_GONE)
        if sent.get("left"):
            leave_session(stay=stay, by_choice=True, now=now)
        note_activity(pk)
        return Response(current_responses(session=session, student=student, now=now))
