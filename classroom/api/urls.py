from django.urls import include, path

from classroom.api.alerts import AlertAcknowledge, AlertAcknowledgeAll, AlertList
from classroom.api.attendance import OwnAttendance
from classroom.api.live import SessionConsent, SessionLive, SessionStudent
from classroom.api.markers import MarkerDetail, MarkerList
from classroom.api.self_reports import ClassQuestion, RaisedHand
from classroom.api.simulation import SimulationView
from classroom.api.waiting import CourseWaiting

urlpatterns = [
    path("courses/<id:pk>/waiting/", CourseWaiting.as_view(), name="api_course_waiting"),
    path("sessions/<id:pk>/live/", SessionLive.as_view(), name="api_session_live"),
    path("sessions/<id:pk>/consent/", SessionConsent.as_view(), name="api_session_consent"),
    path("sessions/<id:pk>/students/<id:student_pk>/", SessionStudent.as_view(), name="api_session_student"),
    path("sessions/<id:pk>/alerts/", AlertList.as_view(), name="api_alerts"),
    path("sessions/<id:pk>/alerts/acknowledge/", AlertAcknowledgeAll.as_view(), name="api_alerts_acknowledge"),
    path(
        "sessions/<id:pk>/alerts/<id:alert_pk>/acknowledge/",
        AlertAcknowledge.as_view(),
        name="api_alert_acknowledge",
    ),
    path("sessions/<id:pk>/attendance/", OwnAttendance.as_view(), name="api_session_attendance"),
    path("sessions/<id:pk>/ask/", ClassQuestion.as_view(), name="api_session_ask"),
    path("sessions/<id:pk>/hands/<id:student_pk>/", RaisedHand.as_view(), name="api_session_hand"),
    path("sessions/<id:pk>/markers/", MarkerList.as_view(), name="api_session_markers"),
    path("sessions/<id:pk>/markers/<id:marker_pk>/", MarkerDetail.as_view(), name="api_session_marker"),
    path("v1/", include("classroom.api.v1.urls")),
    path("simulation/", SimulationView.as_view(), name="api_simulation"),
]
