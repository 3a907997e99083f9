from django.conf import settings
from django.core.signing import BadSignature
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from classroom.api.parsers import BoundedJSONParser
from classroom.domain.courses.joining import UnknownJoinCode
from classroom.domain.sessions import CourseIsArchived
from classroom.domain.simulation import (
    MAX_STUDENTS,
    NotSimulated,
    SimulationOver,
    end_simulation,
    renew_simulation,
    start_simulation,
)
from classroom.infra import simulation_token
from classroom.views.access import comes_from_this_machine

NOT_ISSUED = {"ticket": "This server did not issue this ticket."}


class SimulationRequest(serializers.Serializer):
    students = serializers.IntegerField(min_value=1, max_value=MAX_STUDENTS)
    topic = serializers.CharField(max_length=200, default="", allow_blank=True)
    join_code = serializers.CharField(max_length=20, default="", allow_blank=True)


class TicketRequest(serializers.Serializer):
    ticket = serializers.CharField()


class EndRequest(TicketRequest):
    keep = serializers.BooleanField(default=False)


class SimulationView(APIView):
    """Create, keep alive and end the class of `manage.py simulate_class`. Refused unless SIMULATION_ALLOWED is on, and
    the caller is a program on this machine that can read the server's token file."""

    authentication_classes = ()
    permission_classes = ()
    # JSON only: another site's page can post a form here, but JSON needs a CORS preflight, which fails.
    parser_classes = (BoundedJSONParser,)

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        if not settings.SIMULATION_ALLOWED:
            raise PermissionDenied(
                "This server does not allow simulated classes. Set SIMULATION_ALLOWED=1 to allow them."
            )
        sent = request.headers.get("X-Simulation-Token", "")
        if not comes_from_this_machine(request._request) or not simulation_token.is_valid(sent):
            raise PermissionDenied(
                "Simulated classes are for programs on the server's machine that send the token in its file "
                "SIMULATION_TOKEN_FILE as X-Simulation-Token."
            )

    def post(self, request: Request) -> Response:
        serializer = SimulationRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            simulation = start_simulation(**serializer.validated_data, now=timezone.now())
        except UnknownJoinCode as error:
            raise ValidationError({"join_code": "No course has this code."}) from error
        except CourseIsArchived as error:
            raise ValidationError({"join_code": "This course is archived."}) from error
        except NotSimulated as error:
            raise ValidationError({"join_code": "This course is one of real people."}) from error
        created = {
            "session": simulation.session.pk,
            "join_code": simulation.session.course.join_code,
            "password": simulation.password,
            "teacher": simulation.teacher.email,
            "students": [student.email for student in simulation.students],
            "names": [student.display_name for student in simulation.students],
            "ticket": simulation.ticket,
        }
        return Response(created, status=status.HTTP_201_CREATED)

    def patch(self, request: Request) -> Response:
        serializer = TicketRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            renew_simulation(**serializer.validated_data, now=timezone.now())
        except BadSignature as error:
            raise ValidationError(NOT_ISSUED) from error
        except SimulationOver:
            return Response(status=status.HTTP_410_GONE)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def delete(self, request: Request) -> Response:
        serializer = EndRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            end_simulation(**serializer.validated_data, now=timezone.now())
        except BadSignature as error:
            raise ValidationError(NOT_ISSUED) from error
        return Response(status=status.HTTP_204_NO_CONTENT)
