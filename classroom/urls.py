from django.urls import include, path

from classroom.views import alerts, comparison, courses, exports, help, home, privacy, sessions

urlpatterns = [
    path("", home.home, name="home"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("help/camera/", help.camera_help, name="camera_help"),
    path("readings/erase/", privacy.readings_erase, name="readings_erase"),
    path("courses/join/", courses.course_join, name="course_join"),
    path("courses/<int:pk>/", courses.course_detail, name="course_detail"),
    path("courses/<int:pk>/alerts/", alerts.course_alerts, name="course_alerts"),
    path("courses/<int:pk>/term/", comparison.course_term, name="course_term"),
    path("courses/<int:pk>/sessions.csv", exports.sessions_csv, name="sessions_csv"),
    path("courses/<int:pk>/mine/", comparison.course_mine, name="course_mine"),
    path("courses/<int:pk>/mine/sessions.csv", exports.my_sessions_csv, name="my_sessions_csv"),
    path("courses/<int:pk>/students/<int:student_pk>/", comparison.course_student, name="course_student"),
    path(
        "courses/<int:pk>/students/<int:student_pk>/sessions.csv",
        exports.student_sessions_csv,
        name="student_sessions_csv",
    ),
    path("courses/<int:pk>/sessions/start/", courses.session_start, name="session_start"),
    path("sessions/<int:pk>/", sessions.session_report, name="session_report"),
    path("sessions/<int:pk>/students.csv", exports.students_csv, name="students_csv"),
    path("sessions/<int:pk>/attendance.csv", exports.attendance_csv, name="attendance_csv"),
    path("sessions/<int:pk>/readings.csv", exports.readings_csv, name="readings_csv"),
    path("sessions/<int:pk>/students/<int:student_pk>/", sessions.session_student, name="session_student"),
    path("sessions/<int:pk>/live/", sessions.session_live, name="session_live"),
    path("sessions/<int:pk>/end/", sessions.session_end, name="session_end"),
    path("sessions/<int:pk>/attend/", sessions.session_attend, name="session_attend"),
    path("sessions/<int:pk>/mine/", sessions.session_mine, name="session_mine"),
    path("sessions/<int:pk>/mine/readings.csv", exports.my_readings_csv, name="my_readings_csv"),
    path("api/", include("classroom.api.urls")),
]
