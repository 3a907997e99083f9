from django.conf import settings
from django.core.signing import BadSignature
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from classroom.domain.courses import UnknownJoinCode
from classroom.domain.simulation import MAX_STUDENTS, end_simulation, start_simulation


class SimulationRequest(serializers.Serializer):
    students = serializers.IntegerField(min_value=1, max_value=MAX_STUDENTS)
    join_code = serializers.CharField(max_length=20, default="", allow_blank=True)
    keep = serializers.BooleanField(default=False)


class TicketRequest(serializers.Serializer):
    ticket = serializers.CharField()


class SimulationView(APIView):
    """Accounts for `manage.py simulate_class`, where SIMULATION_ALLOWED is on; elsewhere always refused."""

    authentication_classes = ()
    permission_classes = ()
    # JSON alone: a page of another site can send forms here, but no JSON without asking first.
    parser_classes = (JSONParser,)

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        if not settings.SIMULATION_ALLOWED:
            raise PermissionDenied("This server does not allow simulated classes (SIMULATION_ALLOWED is off).")

    def post(self, request: Request) -> Response:
        wanted = SimulationRequest(data=request.data)
        wanted.is_valid(raise_exception=True)
        try:
            simulation = start_simulation(**wanted.validated_data, now=timezone.now())
        except UnknownJoinCode as error:
            raise ValidationError({"join_code": "No course has this code."}) from error
        made = {
            "session": simulation.session.pk,
            "join_code": simulation.session.course.join_code,
            "password": simulation.password,
            "teacher": simulation.teacher,
            "students": simulation.students,
            "ticket": simulation.ticket,
        }
        return Response(made, status=status.HTTP_201_CREATED)

    def delete(self, request: Request) -> Response:
        sent = TicketRequest(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            end_simulation(ticket=sent.validated_data["ticket"], now=timezone.now())
        except BadSignature as error:
            raise ValidationError({"ticket": "This is not a ticket of this server."}) from error
        return Response(status=status.HTTP_204_NO_CONTENT)
