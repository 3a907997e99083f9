from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.requests import SignedInApiRequest
from classroom.domain.asking import NothingToAsk, ask_class
from classroom.domain.self_reports import lower_hand
from classroom.views.access import session_for_staff


class ClassQuestion(APIView):
    """Ask the class how it is going, for the staff of the course."""

    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Return when the class was asked: now, or less than a minute ago. 410 after the end of the session."""
        session = session_for_staff(request.user, pk)
        try:
            asked_at = ask_class(session=session, author=request.user, now=timezone.now())
        except NothingToAsk:
            return Response(status=status.HTTP_410_GONE)
        return Response({"asked_at": asked_at.timestamp()})


class RaisedHand(APIView):
    """Lower a student's raised hand, for the staff of the course. Idempotent."""

    def delete(self, request: SignedInApiRequest, pk: int, student_pk: int) -> Response:
        """Return 204 even if the hand is already down; 404 for a student who was never in the session."""
        session = session_for_staff(request.user, pk)
        student = get_object_or_404(User.objects.filter(attendances__session=session), pk=student_pk)
        lower_hand(session=session, student=student, now=timezone.now(), by_teacher=True)
        return Response(status=status.HTTP_204_NO_CONTENT)
