from django.utils.decorators import method_decorator
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import Scope
from accounts.requests import SignedInApiRequest
from classroom.api.v1.fields import IdFilter, Moment, Output
from classroom.api.v1.resources import ListResource, session_and_student
from classroom.models import SelfReport
from classroom.views.viewing import records_view


class AnswerSerializer(Output, serializers.ModelSerializer):
    student = serializers.IntegerField(source="student_id")
    at = Moment()

    class Meta:
        model = SelfReport
        fields = ("id", "student", "answer", "at")


class AnswerFilters(filters.FilterSet):
    student = IdFilter("student_id")
    answer = filters.ChoiceFilter(choices=SelfReport.Answer.choices)


@method_decorator(records_view("v1:answers"), name="dispatch")
class AnswerList(ListResource):
    scopes = {"GET": (Scope.ANSWERS_READ,)}
    queryset = SelfReport.objects.none()
    serializer_class = AnswerSerializer
    filterset_class = AnswerFilters
    ordering = ("at", "pk")

    @extend_schema(operation_id="list_answers", tags=["sessions"])
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """Students' answers about the lesson, oldest first. Students see their own."""
        session, student = session_and_student(request, pk)
        answers = session.self_reports.filter(student=student) if student else session.self_reports.all()
        return self.page(request, answers)
