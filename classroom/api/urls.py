from django.urls import path

from classroom.api.alerts import AlertAcknowledge, AlertList
from classroom.api.attendance import OwnAttendance
from classroom.api.live import SessionLive, SessionStudent
from classroom.api.markers import MarkerDetail, MarkerList
from classroom.api.self_reports import RaisedHand
from classroom.api.simulation import SimulationView

urlpatterns = [
    path("sessions/<int:pk>/live/", SessionLive.as_view(), name="api_session_live"),
    path("sessions/<int:pk>/students/<int:student_pk>/", SessionStudent.as_view(), name="api_session_student"),
    path("sessions/<int:pk>/alerts/", AlertList.as_view(), name="api_alerts"),
    path(
        "sessions/<int:pk>/alerts/<int:alert_pk>/acknowledge/",
        AlertAcknowledge.as_view(),
        name="api_alert_acknowledge",
    ),
    path("sessions/<int:pk>/attendance/", OwnAttendance.as_view(), name="api_session_attendance"),
    path("sessions/<int:pk>/hands/<int:student_pk>/", RaisedHand.as_view(), name="api_session_hand"),
    path("sessions/<int:pk>/markers/", MarkerList.as_view(), name="api_session_markers"),
    path("sessions/<int:pk>/markers/<int:marker_pk>/", MarkerDetail.as_view(), name="api_session_marker"),
    path("simulation/", SimulationView.as_view(), name="api_simulation"),
]
