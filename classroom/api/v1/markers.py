from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.models import Scope
from accounts.requests import SignedInApiRequest
from classroom.api.moments import SentMoment
from classroom.api.v1.fields import Moment, Output, Text
from classroom.api.v1.problems import Conflict
from classroom.api.v1.resources import ListResource, Resource, session_and_student
from classroom.domain.markers import MAX_MARKERS, TooManyMarkers, add_marker, remove_marker, rename_marker
from classroom.models import Marker
from classroom.views.access import session_for_staff


class MarkerSerializer(Output, serializers.ModelSerializer):
    at = Moment()

    class Meta:
        model = Marker
        fields = ("id", "at", "text")


class MarkerTextSerializer(serializers.ModelSerializer):
    text = Text(max_length=Marker._meta.get_field("text").max_length)

    class Meta:
        model = Marker
        fields: tuple[str, ...] = ("text",)


class NewMarkerSerializer(MarkerTextSerializer):
    at = SentMoment(required=False, help_text="Now without one; a time outside the class becomes its start or its end.")

    class Meta(MarkerTextSerializer.Meta):
        fields = ("text", "at")


class MarkerList(ListResource):
    scopes = {"GET": (Scope.COURSES_READ,), "POST": (Scope.SESSIONS_WRITE,)}
    queryset = Marker.objects.none()
    serializer_class = MarkerSerializer
    ordering = ("at", "pk")

    @extend_schema(operation_id="list_markers", tags=["sessions"])
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """The markers of the class, oldest first, for its staff and for students who were there."""
        session, student = session_and_student(request, pk)
        if student and not session.attendances.filter(student=student).exists():
            raise Http404
        return self.page(request, session.markers.all())

    @extend_schema(
        operation_id="add_marker", tags=["sessions"], request=NewMarkerSerializer, responses={201: MarkerSerializer}
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Name a moment of the class, as its staff. Everybody who was there can read it. 409 beyond 500 markers."""
        session, now = session_for_staff(request.user, pk), timezone.now()
        serializer = NewMarkerSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        sent = serializer.validated_data
        at = min(sent.get("at", now), now)
        try:
            marker = add_marker(session=session, author=request.user, text=sent["text"], at=at)
        except TooManyMarkers as error:
            raise Conflict(f"This class has {MAX_MARKERS} markers already.") from error
        return Response(MarkerSerializer(marker).data, status=status.HTTP_201_CREATED)


class MarkerDetail(Resource):
    scopes = {"PATCH": (Scope.SESSIONS_WRITE,), "DELETE": (Scope.SESSIONS_WRITE,)}
    queryset = Marker.objects.none()
    serializer_class = MarkerTextSerializer

    @extend_schema(operation_id="rename_marker", tags=["sessions"], responses=MarkerSerializer)
    def patch(self, request: SignedInApiRequest, pk: int, marker_pk: int) -> Response:
        """Change a marker's text, as staff of the class, no matter who added it."""
        marker = _marker(request, pk, marker_pk)
        serializer = self.get_serializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        if "text" in serializer.validated_data:
            rename_marker(marker=marker, text=serializer.validated_data["text"])
        return Response(MarkerSerializer(marker).data)

    @extend_schema(operation_id="remove_marker", tags=["sessions"], responses={204: None})
    def delete(self, request: SignedInApiRequest, pk: int, marker_pk: int) -> Response:
        """Remove a marker, as staff of the class, no matter who added it."""
        remove_marker(marker=_marker(request, pk, marker_pk))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _marker(request: SignedInApiRequest, session_pk: int, marker_pk: int) -> Marker:
    return get_object_or_404(session_for_staff(request.user, session_pk).markers, pk=marker_pk)
