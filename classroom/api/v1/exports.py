"""The files that pages offer, for programs."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer

from accounts.api_tokens.lifecycle import while_usable
from accounts.models import ApiToken, Scope
from accounts.requests import SignedInApiRequest
from classroom.api.v1.resources import Resource, session_and_student
from classroom.api.v1.throttling import DownloadsThrottle, RequestThrottle
from classroom.domain.courses.listings import current_and_past_students
from classroom.forms.courses import PeriodForm
from classroom.models import ClassSession, Course
from classroom.views.access import course_for_staff, course_for_student, session_for_staff
from classroom.views.export_files import (
    attendance_file,
    reading_texts,
    readings_file,
    register_file,
    sessions_file,
    student_sessions_file,
    students_file,
)
from classroom.views.table_files import XLSX_TYPE, TableFormat

CSV_FORMATS = [choice for choice in TableFormat.choices if choice[0] != TableFormat.XLSX]
# The days that PeriodForm accepts. No class is outside them.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
FIGURES = (Scope.ATTENDANCE_READ, Scope.READINGS_READ, Scope.ANSWERS_READ)


class CsvQuery(serializers.Serializer):
    format = serializers.ChoiceField(CSV_FORMATS, default=TableFormat.COMMAS.value)


class FormatQuery(serializers.Serializer):
    format = serializers.ChoiceField(TableFormat.choices, default=TableFormat.COMMAS.value)


class PeriodQuery(FormatQuery):
    since = serializers.DateField(required=False, help_text="Classes of this day, in your time zone, or later.")
    until = serializers.DateField(required=False, help_text="Classes of this day or earlier.")


class CsvRenderer(BaseRenderer):
    """Renders nothing: the views answer with files. It declares the types that a request may accept."""

    media_type = "text/csv"
    format = "csv"


class XlsxRenderer(CsvRenderer):
    media_type = XLSX_TYPE
    format = "xlsx"


class FileResource(Resource):
    """A file for spreadsheets. SecurityLogMiddleware records every download."""

    throttle_classes = [RequestThrottle, DownloadsThrottle]
    renderer_classes: Sequence[type[BaseRenderer]] = (CsvRenderer, XlsxRenderer)
    query: type[serializers.Serializer] = FormatQuery

    def sent(self, request: SignedInApiRequest) -> dict[str, Any]:
        # Otherwise an empty parameter would count as none, as in a form.
        serializer = self.query(data=request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def wanted(self, request: SignedInApiRequest) -> TableFormat:
        return TableFormat(self.sent(request)["format"])


def describes_file(name: str, tag: str, query: type[serializers.Serializer] = FormatQuery) -> Callable[..., Any]:
    types: dict[Any, Any] = {(200, "text/csv"): OpenApiTypes.STR}
    if query is not CsvQuery:
        types[200, XLSX_TYPE] = OpenApiTypes.BINARY
    return extend_schema(operation_id=f"export_{name}", tags=[tag], parameters=[query], responses=types)


class AttendanceFile(FileResource):
    scopes = {"GET": (Scope.ATTENDANCE_READ,)}

    @describes_file("attendance", "sessions")
    def get(self, request: SignedInApiRequest, pk: int) -> HttpResponse:
        """The students who attended the class and those who were absent, for its staff."""
        return attendance_file(session_for_staff(request.user, pk), self.wanted(request))


class StudentsFile(FileResource):
    scopes = {"GET": FIGURES}

    @describes_file("students", "sessions")
    def get(self, request: SignedInApiRequest, pk: int) -> HttpResponse:
        """Totals of each student's readings and answers in the class, for its staff."""
        return students_file(session_for_staff(request.user, pk), self.wanted(request))


class ReadingsFile(FileResource):
    scopes = {"GET": (Scope.ATTENDANCE_READ, Scope.READINGS_READ)}
    renderer_classes = (CsvRenderer,)
    query = CsvQuery

    @describes_file("readings", "sessions", CsvQuery)
    def get(self, request: SignedInApiRequest, pk: int) -> HttpResponseBase:
        """Every reading of the class; students get their own. 404 for the staff of an anonymous class. If the token
        ends during the download, the connection is reset."""
        session, student = session_and_student(request, pk)
        if session.is_anonymous and student is None:
            raise Http404
        texts = reading_texts(session, student, self.wanted(request))
        if isinstance(request.auth, ApiToken):
            texts = while_usable(texts, request.auth)
        return readings_file(request._request, session, texts)


class SessionsFile(FileResource):
    scopes = {"GET": FIGURES}
    query = PeriodQuery

    @describes_file("sessions", "courses", PeriodQuery)
    def get(self, request: SignedInApiRequest, pk: int) -> HttpResponse:
        """The ended classes of the course, all or those of a period, for its staff."""
        course, sent = course_for_staff(request.user, pk), self.sent(request)
        return sessions_file(course, _held(course, sent), TableFormat(sent["format"]))


class RegisterFile(FileResource):
    scopes = {"GET": (Scope.ATTENDANCE_READ,)}
    query = PeriodQuery

    @describes_file("register", "courses", PeriodQuery)
    def get(self, request: SignedInApiRequest, pk: int) -> HttpResponse:
        """The students' attendance in each class of the course, for its staff."""
        course, sent = course_for_staff(request.user, pk), self.sent(request)
        return register_file(course, _held(course, sent), TableFormat(sent["format"]))


class StudentSessionsFile(FileResource):
    scopes = {"GET": FIGURES}
    queryset = Course.objects.none()

    @describes_file("student_sessions", "courses")
    def get(self, request: SignedInApiRequest, pk: int, student_pk: int) -> HttpResponse:
        """One student in each class of the course that they attended, for its staff; students get their own."""
        own = student_pk == request.user.pk
        course = course_for_student(request.user, pk) if own else course_for_staff(request.user, pk)
        student = request.user if own else get_object_or_404(current_and_past_students(course), pk=student_pk)
        return student_sessions_file(course, student, self.wanted(request), own=own)


def _held(course: Course, sent: dict[str, Any]) -> list[ClassSession]:
    days: dict[str, Any] = {
        name: min(max(sent[name], FIRST_DAY), LAST_DAY) for name in ("since", "until") if name in sent
    }
    return list(PeriodForm(days).sessions_held(course))
