from django.urls import include, path, register_converter

from classroom.path_converters import IdConverter
from classroom.views import (
    alerts,
    comparison,
    courses,
    exports,
    help,
    home,
    joining,
    members,
    privacy,
    session_changes,
    sessions,
)

register_converter(IdConverter, "id")

urlpatterns = [
    path("", home.home, name="home"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("help/camera/", help.camera_help, name="camera_help"),
    path("readings/erase/", privacy.readings_erase, name="readings_erase"),
    path("courses/join/", joining.course_join, name="course_join"),
    path("courses/<id:pk>/", courses.course_detail, name="course_detail"),
    path("courses/<id:pk>/request/withdraw/", joining.join_request_withdraw, name="join_request_withdraw"),
    path("courses/<id:pk>/members/", members.course_members, name="course_members"),
    path("courses/<id:pk>/members/change/", members.member_change, name="member_change"),
    path("courses/<id:pk>/members/joining/", members.joining_change, name="joining_change"),
    path("courses/<id:pk>/members/join-code/", members.join_code_change, name="join_code_change"),
    path("courses/<id:pk>/alerts/", alerts.course_alerts, name="course_alerts"),
    path("courses/<id:pk>/term/", comparison.course_term, name="course_term"),
    path("courses/<id:pk>/sessions.csv", exports.sessions_csv, name="sessions_csv"),
    path("courses/<id:pk>/mine/", comparison.course_mine, name="course_mine"),
    path("courses/<id:pk>/mine/sessions.csv", exports.my_sessions_csv, name="my_sessions_csv"),
    path("courses/<id:pk>/students/<id:student_pk>/", comparison.course_student, name="course_student"),
    path(
        "courses/<id:pk>/students/<id:student_pk>/sessions.csv",
        exports.student_sessions_csv,
        name="student_sessions_csv",
    ),
    path("courses/<id:pk>/sessions/start/", courses.session_start, name="session_start"),
    path("sessions/<id:pk>/", sessions.session_report, name="session_report"),
    path("sessions/<id:pk>/students.csv", exports.students_csv, name="students_csv"),
    path("sessions/<id:pk>/attendance.csv", exports.attendance_csv, name="attendance_csv"),
    path("sessions/<id:pk>/readings.csv", exports.readings_csv, name="readings_csv"),
    path("sessions/<id:pk>/students/<id:student_pk>/", sessions.session_student, name="session_student"),
    path("sessions/<id:pk>/live/", sessions.session_live, name="session_live"),
    path("sessions/<id:pk>/end/", sessions.session_end, name="session_end"),
    path("sessions/<id:pk>/edit/", session_changes.session_edit, name="session_edit"),
    path("sessions/<id:pk>/rename/", session_changes.session_rename, name="session_rename"),
    path("sessions/<id:pk>/delete/", session_changes.session_delete, name="session_delete"),
    path("sessions/<id:pk>/attend/", sessions.session_attend, name="session_attend"),
    path("sessions/<id:pk>/mine/", sessions.session_mine, name="session_mine"),
    path("sessions/<id:pk>/mine/readings.csv", exports.my_readings_csv, name="my_readings_csv"),
    path("api/", include("classroom.api.urls")),
]
