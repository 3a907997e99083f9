from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import SignedInApiRequest
from classroom.domain.alerts.records import acknowledge, alert_row, alerts_for
from classroom.views.access import session_for_teacher


class AlertPagination(PageNumberPagination):
    page_size = 50


class AlertList(APIView):
    """All alerts of a session, newest first, for its teachers."""

    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """Return one page; 404 unless the user teaches the course."""
        paginator = AlertPagination()
        alerts = alerts_for(session_for_teacher(request.user, pk))
        page = paginator.paginate_queryset(alerts, request, view=self)
        return paginator.get_paginated_response([alert_row(alert) for alert in page or ()])


class AlertAcknowledge(APIView):
    """Record that a teacher has noticed an alert. Idempotent."""

    def post(self, request: SignedInApiRequest, pk: int, alert_pk: int) -> Response:
        """Return the alert as it is now; 404 unless the user teaches the course."""
        alert = get_object_or_404(alerts_for(session_for_teacher(request.user, pk)), pk=alert_pk)
        acknowledge(alert=alert, teacher=request.user, now=timezone.now())
        alert.refresh_from_db(fields=["acknowledged_at"])
        return Response(alert_row(alert))
