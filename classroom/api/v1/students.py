"""Totals of each student's readings in a class, as on its report."""

from django.utils import timezone
from django.utils.decorators import method_decorator
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import Scope, User
from accounts.requests import SignedInApiRequest
from classroom.api.v1.fields import Output
from classroom.api.v1.pagination import KeyedList
from classroom.api.v1.resources import ListResource, session_and_student
from classroom.domain.history.summaries import StudentSummary, student_summaries_by_session
from classroom.measures import BANDS, EXPRESSIONS, SHOWN, UNCERTAIN, UNREAD
from classroom.models import Attendance, ClassSession
from classroom.rounding import rounded_minutes, rounded_share
from classroom.views.viewing import records_view

SHARE = {"type": "number", "minimum": 0, "maximum": 1}
UNKNOWN_IN_OLD_CLASSES = {**SHARE, "type": ["number", "null"]}
SHARES = {
    "type": ["object", "null"],
    "properties": dict.fromkeys(EXPRESSIONS, SHARE) | dict.fromkeys((UNCERTAIN, UNREAD), UNKNOWN_IN_OLD_CLASSES),
    "required": list(SHOWN),
}


class MeasureSerializer(Output):
    name = serializers.ChoiceField(["arousal", "volatility", "calm_presence"])
    band = serializers.ChoiceField(list(BANDS), allow_null=True, help_text="Null with too few snapshots.")
    based_on = serializers.IntegerField(help_text="How many snapshots it rests on.")
    of = serializers.IntegerField(help_text="How many there are.")


class StudentRollUpSerializer(Output):
    student = serializers.IntegerField(source="id")
    minutes = serializers.SerializerMethodField(help_text="How long the student was present.")
    readings = serializers.IntegerField(help_text="One for each snapshot.")
    certain = serializers.IntegerField(help_text="How many of them have an expression that is no guess.")
    with_face = serializers.IntegerField(help_text="How many of them have a face.")
    windows = serializers.SerializerMethodField(
        help_text="The ten seconds in which the student was present, which `shares` divides; null in some old classes."
    )
    shares = serializers.SerializerMethodField(
        help_text="The share of the windows in which the student showed each expression, a guess or no face. Null "
        "without any expression."
    )
    leading_expression = serializers.ChoiceField(list(EXPRESSIONS), source="dominant", allow_null=True)
    negative = serializers.SerializerMethodField(
        help_text="The share of the expressions shown that are negative; null without any."
    )
    measures = MeasureSerializer(many=True, help_text="Deliberately coarse. Compare them with no other student's.")

    def get_minutes(self, summary: StudentSummary) -> float:
        return rounded_minutes(summary.minutes) or 0.0

    def get_windows(self, summary: StudentSummary) -> int | None:
        return None if summary.counts is None else sum(summary.counts.values())

    @extend_schema_field(SHARES)
    def get_shares(self, summary: StudentSummary) -> dict[str, float | None] | None:
        mix = summary.mix
        return {name: rounded_share(mix.get(name)) for name in SHOWN} if mix else None

    @extend_schema_field(UNKNOWN_IN_OLD_CLASSES)
    def get_negative(self, summary: StudentSummary) -> float | None:
        return rounded_share(summary.negative)


@method_decorator(records_view("v1:students"), name="dispatch")
class StudentList(ListResource):
    scopes = {"GET": (Scope.READINGS_READ,)}
    queryset = Attendance.objects.none()
    serializer_class = StudentRollUpSerializer
    ordering = ("id",)

    @extend_schema(operation_id="list_students", tags=["sessions"])
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """Totals of the readings of each student who attended the class. Students see their own. The staff of an
        anonymous class see none."""
        session, student = session_and_student(request, pk)
        return self.page(request, KeyedList(_summaries(session, student), key=lambda each: each.id))


def _summaries(session: ClassSession, student: User | None) -> list[StudentSummary]:
    own = student is not None
    found = student_summaries_by_session(sessions=[session], now=timezone.now(), student=student, own=own)[session.pk]
    return [summary for summary in found if not summary.is_anonymous]
