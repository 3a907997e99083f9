from django.utils.decorators import method_decorator
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import Scope
from accounts.requests import SignedInApiRequest
from classroom.api.v1.fields import IdFilter, Moment, Output, YesNoFilter
from classroom.api.v1.resources import ListResource, session_and_student
from classroom.models import Alert, AlertKind
from classroom.views.viewing import records_view


class AlertSerializer(Output, serializers.ModelSerializer):
    student = serializers.IntegerField(source="student_id", allow_null=True, help_text="Null if it is about the class.")
    pending_at = Moment(help_text="Since when its condition held.")
    fired_at = Moment()
    recovered_at = Moment(allow_null=True, help_text="Null while it is open.")
    acknowledged_at = Moment(allow_null=True)
    explained_by = serializers.IntegerField(
        source="explained_by_id", allow_null=True, help_text="The id of the class's alert that this one is a part of."
    )

    class Meta:
        model = Alert
        fields = (
            *("id", "kind", "student", "pending_at", "fired_at"),
            *("recovered_at", "acknowledged_at", "explained_by"),
        )


class AlertFilters(filters.FilterSet):
    student = IdFilter("student_id")
    kind = filters.ChoiceFilter(choices=AlertKind.choices)
    open = YesNoFilter("recovered_at", lookup_expr="isnull")


@method_decorator(records_view("v1:alerts"), name="dispatch")
class AlertList(ListResource):
    scopes = {"GET": (Scope.READINGS_READ,)}
    queryset = Alert.objects.none()
    serializer_class = AlertSerializer
    filterset_class = AlertFilters
    ordering = ("fired_at", "pk")

    @extend_schema(operation_id="list_alerts", tags=["sessions"])
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """The alerts of the class, oldest first. Students see those about themselves. The staff of an anonymous class
        see only those about the class."""
        session, student = session_and_student(request, pk)
        alerts = session.alerts.filter(student=student) if student else session.alerts.shown_to_staff()
        return self.page(request, alerts)
