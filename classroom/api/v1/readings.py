from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.decorators import method_decorator
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import Scope
from accounts.requests import SignedInApiRequest
from classroom.api.v1.fields import IdFilter, Moment, MomentFilter, Output
from classroom.api.v1.pagination import KeyedList
from classroom.api.v1.resources import ListResource, session_and_student
from classroom.domain.history.timeline import Window, class_timeline
from classroom.measures import EXPRESSIONS, UNCERTAIN, UNREAD
from classroom.models import ClassWindow, Reading
from classroom.views.access import session_for_staff
from classroom.views.viewing import records_view


def _object(names: list[str], value: dict[str, Any]) -> dict[str, Any]:
    return {"type": ["object", "null"], "properties": dict.fromkeys(names, value), "required": names}


SHARES = _object(list(EXPRESSIONS), {"type": "number", "minimum": 0, "maximum": 1})
COUNTS = _object([*EXPRESSIONS, UNCERTAIN, UNREAD], {"type": "integer", "minimum": 0})


class ReadingSerializer(Output, serializers.ModelSerializer):
    student = serializers.IntegerField(source="student_id")
    captured_at = Moment()
    expression = serializers.CharField(allow_blank=True, help_text="The strongest; empty without a face.")
    uncertain = serializers.CharField(allow_blank=True, help_text="Why the expression is a guess; empty if it is none.")
    probabilities = serializers.SerializerMethodField(help_text="Null without a face.")

    class Meta:
        model = Reading
        fields = ("id", "student", "captured_at", "faces", "expression", "uncertain", "probabilities", "model")

    @extend_schema_field(SHARES)
    def get_probabilities(self, reading: Reading) -> dict[str, float] | None:
        return reading.probabilities


class ReadingFilters(filters.FilterSet):
    student = IdFilter("student_id")
    expression = filters.ChoiceFilter(choices=[(name, name) for name in EXPRESSIONS])
    captured_after = MomentFilter("captured_at", lookup_expr="gte")
    captured_before = MomentFilter("captured_at", lookup_expr="lt")


@method_decorator(records_view("v1:readings"), name="dispatch")
class ReadingList(ListResource):
    scopes = {"GET": (Scope.READINGS_READ,)}
    queryset = Reading.objects.none()
    serializer_class = ReadingSerializer
    filterset_class = ReadingFilters
    ordering = ("captured_at", "pk")

    @extend_schema(operation_id="list_readings", tags=["sessions"])
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """The readings of the class, oldest first. Students see their own. The staff of an anonymous class see none:
        the timeline has what it publishes."""
        session, student = session_and_student(request, pk)
        readings = session.readings.filter(student=student) if student else session.readings.shown_to_staff()
        return self.page(request, readings)


class WindowSerializer(Output):
    at = serializers.SerializerMethodField(help_text="The start of the ten seconds.")
    present = serializers.IntegerField(help_text="How many students were present.")
    seen = serializers.IntegerField(
        allow_null=True, help_text="How many of them show an expression; null where an anonymous class shows nothing."
    )
    counts = serializers.SerializerMethodField(
        help_text="The students by what they show. In an anonymous class those of the minute, or null."
    )

    def get_at(self, window: Window) -> datetime:
        return datetime.fromtimestamp(window["at"], UTC)

    @extend_schema_field(COUNTS)
    def get_counts(self, window: Window) -> dict[str, int] | None:
        return window["counts"]


@method_decorator(records_view("v1:timeline"), name="dispatch")
class Timeline(ListResource):
    scopes = {"GET": (Scope.READINGS_READ,)}
    queryset = ClassWindow.objects.none()
    serializer_class = WindowSerializer
    ordering = ("at",)

    @extend_schema(operation_id="list_windows", tags=["sessions"])
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """The class in windows of ten seconds, for its staff."""
        windows = class_timeline(session=session_for_staff(request.user, pk), until=timezone.now())
        return self.page(request, KeyedList(windows, key=lambda window: window["at"]))
