from django.db.models import BigIntegerField
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.decorators import method_decorator
from rest_framework import serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import SignedInApiRequest
from classroom.domain.alerts.records import acknowledge, acknowledge_all, alert_row, alerts_for, current_alerts
from classroom.models import AlertKind
from classroom.views.access import session_for_staff
from classroom.views.viewing import records_view


class AlertPagination(PageNumberPagination):
    page_size = 50


class NewestAlertSerializer(serializers.Serializer):
    """All open alerts up to `newest`; with a `kind`, those that the page shows as a group of that kind."""

    newest = serializers.IntegerField(min_value=1, max_value=BigIntegerField.MAX_BIGINT)
    kind = serializers.ChoiceField(AlertKind.choices, required=False)


@method_decorator(records_view("session_alerts"), name="dispatch")
class AlertList(APIView):
    """All alerts of a session, newest first, for the staff of its course."""

    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """Return one page; 404 unless the user is staff of the course."""
        paginator = AlertPagination()
        alerts = alerts_for(session_for_staff(request.user, pk))
        page = paginator.paginate_queryset(alerts, request, view=self)
        return paginator.get_paginated_response([alert_row(alert) for alert in page or ()])


class AlertAcknowledgeAll(APIView):
    """Record that a teacher has noticed every open alert up to the newest one that their page showed. Idempotent."""

    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Return the alerts as the dashboard lists them now; 404 unless the user is staff of the course."""
        session = session_for_staff(request.user, pk)
        serializer = NewestAlertSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        acknowledge_all(session=session, teacher=request.user, now=timezone.now(), **serializer.validated_data)
        return Response(current_alerts(session=session))


class AlertAcknowledge(APIView):
    """Record that a teacher has noticed an alert, and with it those that it explains. Idempotent."""

    def post(self, request: SignedInApiRequest, pk: int, alert_pk: int) -> Response:
        """Return the alert as it is now; 404 unless the user is staff of the course."""
        alert = get_object_or_404(alerts_for(session_for_staff(request.user, pk)), pk=alert_pk)
        acknowledge(alert=alert, teacher=request.user, now=timezone.now())
        alert.refresh_from_db(fields=["acknowledged_at", "acknowledged_by"])
        return Response(alert_row(alert))
