from datetime import datetime, timedelta

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import SignedInApiRequest
from classroom.domain.markers import add_marker, markers_of, remove_marker, rename_marker, row_of
from classroom.models import Marker
from classroom.views.access import session_taught

# All of them go to every open dashboard at each change.
MOST = 500


class MarkerText(serializers.ModelSerializer):
    class Meta:
        model = Marker
        fields: tuple[str, ...] = ("text",)


class NewMarker(MarkerText):
    """A marker of this moment; or of `age_s` seconds ago, as typing takes its time; or of `at`, an ISO 8601 moment."""

    age_s = serializers.FloatField(min_value=0, max_value=3600, default=0)
    at = serializers.DateTimeField(required=False)

    class Meta(MarkerText.Meta):
        fields = ("text", "age_s", "at")


class MarkerList(APIView):
    """The markers of a session, for its teachers."""

    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        return Response(markers_of(session=session_taught(request.user, pk)))

    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        session = session_taught(request.user, pk)
        wanted = NewMarker(data=request.data)
        wanted.is_valid(raise_exception=True)
        if session.markers.count() >= MOST:
            return Response(status=status.HTTP_409_CONFLICT)
        now = timezone.now()
        moment = now - timedelta(seconds=wanted.validated_data["age_s"])
        # No moment that is still to come: a timeline would reach to it.
        at: datetime = min(wanted.validated_data.get("at") or moment, now)
        text = wanted.validated_data["text"]
        marker = add_marker(session=session, author=request.user, text=text, at=at)
        return Response(row_of(marker), status=status.HTTP_201_CREATED)


class MarkerDetail(APIView):
    """One marker: its text may be changed, or the marker removed, by any teacher of the course."""

    def patch(self, request: SignedInApiRequest, pk: int, marker_pk: int) -> Response:
        marker = _marker(request, pk, marker_pk)
        wanted = MarkerText(data=request.data)
        wanted.is_valid(raise_exception=True)
        rename_marker(marker=marker, text=wanted.validated_data["text"])
        return Response(row_of(marker))

    def delete(self, request: SignedInApiRequest, pk: int, marker_pk: int) -> Response:
        remove_marker(marker=_marker(request, pk, marker_pk))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _marker(request: SignedInApiRequest, session_pk: int, marker_pk: int) -> Marker:
    markers = session_taught(request.user, session_pk).markers.select_related("author")
    return get_object_or_404(markers, pk=marker_pk)
