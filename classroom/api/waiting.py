from django.http import Http404
from django.urls import reverse
from django.utils.decorators import method_decorator
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.browser_sessions.idle import without_renewal
from accounts.requests import SignedInApiRequest
from classroom.domain.courses.joining import waiting_state
from classroom.infra.rate_limits import MAX_POLLS_PER_MINUTE, MINUTE_S, count_event


@method_decorator(without_renewal, name="dispatch")
class CourseWaiting(APIView):
    """Tells a student who waits on the course's page whether they have been let in and whether a class has started."""

    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """Return whether the student is enrolled, and the page of the running class, if there is one. 404 for students
        who are neither enrolled nor have asked to be, and for everyone else; 429 beyond the polls that a user may send
        in a minute."""
        if count_event("waiting-polls", request.user.pk, period_s=MINUTE_S) > MAX_POLLS_PER_MINUTE:
            return Response(status=status.HTTP_429_TOO_MANY_REQUESTS, headers={"Retry-After": str(MINUTE_S)})
        state = waiting_state(course_id=pk, student=request.user)
        if state is None:
            raise Http404
        is_enrolled, session_id = state
        page = reverse("session_attend", args=[session_id]) if session_id else None
        return Response({"enrolled": is_enrolled, "page": page})
