from django.utils import timezone
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import SignedInApiRequest
from classroom.domain.live import live_state
from classroom.views.access import session_taught


class SessionLive(APIView):
    """Everything the teacher's dashboard shows, as it is now. The socket then sends what changes."""

    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        session = session_taught(request.user, pk)
        return Response(live_state(session=session, now=timezone.now()))
