from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.decorators import method_decorator
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import Scope, User
from accounts.requests import SignedInApiRequest
from classroom.api.v1.fields import Moment, Output
from classroom.api.v1.pagination import KeyedList
from classroom.api.v1.resources import ListResource, session_and_student
from classroom.domain.history.presence import Person, Presence, absentees, presences
from classroom.models import Attendance, ClassSession
from classroom.rounding import rounded_minutes
from classroom.views.viewing import records_view


@dataclass(frozen=True)
class Attendee:
    """A student of a class; `presence` is None if they did not join it."""

    person: Person
    presence: Presence | None

    @property
    def id(self) -> int:
        return self.person.id


class StudentSerializer(Output):
    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()
    school_id = serializers.CharField(allow_blank=True, help_text="The school's own ID; empty if it is unknown.")


class AttendanceSerializer(Output):
    student = StudentSerializer(source="person")
    attended = serializers.SerializerMethodField()
    joined_at = Moment(source="presence.joined_at", default=None, allow_null=True)
    left_at = Moment(
        source="presence.left_at", default=None, allow_null=True, help_text="So far, while the class runs."
    )
    minutes = serializers.SerializerMethodField()
    late = serializers.BooleanField(source="presence.late", default=False)
    left_early = serializers.BooleanField(source="presence.left_early", default=False)

    def get_attended(self, attendee: Attendee) -> bool:
        return attendee.presence is not None

    def get_minutes(self, attendee: Attendee) -> float:
        return rounded_minutes(attendee.presence.minutes if attendee.presence else 0.0) or 0.0


@method_decorator(records_view("v1:attendance"), name="dispatch")
class AttendanceList(ListResource):
    scopes = {"GET": (Scope.ATTENDANCE_READ,)}
    queryset = Attendance.objects.none()
    serializer_class = AttendanceSerializer
    ordering = ("id",)

    @extend_schema(operation_id="list_attendance", tags=["sessions"])
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """The students who attended the class, and those who were absent. Students see themselves, if they attended."""
        session, student = session_and_student(request, pk)
        return self.page(request, KeyedList(_attendees(session, student), key=lambda each: each.id))


def _attendees(session: ClassSession, student: User | None) -> Iterable[Attendee]:
    joined = presences(sessions=[session], now=timezone.now(), student=student)
    yield from (Attendee(presence.person, presence) for presence in joined.values())
    if student is None:
        absent = absentees(sessions=[session], joined=joined)[session.pk]
        yield from (Attendee(person, None) for person in absent)
