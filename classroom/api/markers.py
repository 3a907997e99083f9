from datetime import datetime, timedelta

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import SignedInApiRequest
from classroom.api.moments import SentMoment
from classroom.domain.markers import TooManyMarkers, add_marker, marker_row, markers_for, remove_marker, rename_marker
from classroom.models import Marker
from classroom.views.access import session_for_staff


class MarkerSerializer(serializers.ModelSerializer):
    class Meta:
        model = Marker
        fields: tuple[str, ...] = ("text",)


class NewMarkerSerializer(MarkerSerializer):
    """A marker at `at` (ISO 8601), or `age_s` seconds ago: when the teacher opened the form, not when they sent it."""

    age_s = serializers.FloatField(min_value=0, max_value=3600, default=0)
    at = SentMoment(required=False)

    class Meta(MarkerSerializer.Meta):
        fields = ("text", "age_s", "at")


class MarkerList(APIView):
    """The markers of a session, for the staff of its course."""

    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        return Response(markers_for(session=session_for_staff(request.user, pk)))

    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        session = session_for_staff(request.user, pk)
        serializer = NewMarkerSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        sent, now = serializer.validated_data, timezone.now()
        # Never in the future, or the timeline would extend to it.
        at: datetime = min(sent.get("at") or now - timedelta(seconds=sent["age_s"]), now)
        try:
            marker = add_marker(session=session, author=request.user, text=sent["text"], at=at)
        except TooManyMarkers:
            return Response(status=status.HTTP_409_CONFLICT)
        return Response(marker_row(marker), status=status.HTTP_201_CREATED)


class MarkerDetail(APIView):
    """Renames or removes a marker. All staff of the course may do so."""

    def patch(self, request: SignedInApiRequest, pk: int, marker_pk: int) -> Response:
        marker = _marker(request, pk, marker_pk)
        serializer = MarkerSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        rename_marker(marker=marker, text=serializer.validated_data["text"])
        return Response(marker_row(marker))

    def delete(self, request: SignedInApiRequest, pk: int, marker_pk: int) -> Response:
        remove_marker(marker=_marker(request, pk, marker_pk))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _marker(request: SignedInApiRequest, session_pk: int, marker_pk: int) -> Marker:
    markers = session_for_staff(request.user, session_pk).markers.select_related("author")
    return get_object_or_404(markers, pk=marker_pk)
