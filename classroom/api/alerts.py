from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import SignedInApiRequest
from classroom.domain.alerts.evaluation import acknowledge, alert_row, alerts_of
from classroom.views.access import session_taught


class AlertPages(PageNumberPagination):
    page_size = 50


class AlertList(APIView):
    """Every alert of a session, newest first, in pages; for its teachers."""

    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        pages = AlertPages()
        page = pages.paginate_queryset(alerts_of(session_taught(request.user, pk)), request, view=self)
        return pages.get_paginated_response([alert_row(alert) for alert in page or ()])


class AlertAcknowledge(APIView):
    """The teacher has taken note. Asking again changes nothing."""

    def post(self, request: SignedInApiRequest, pk: int, alert_pk: int) -> Response:
        alert = get_object_or_404(alerts_of(session_taught(request.user, pk)), pk=alert_pk)
        acknowledge(alert=alert, teacher=request.user, now=timezone.now())
        alert.refresh_from_db(fields=["acknowledged_at"])
        return Response(alert_row(alert))
