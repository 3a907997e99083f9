from django.urls import path

from classroom.api.v1.alerts import AlertList
from classroom.api.v1.answers import AnswerList
from classroom.api.v1.attendance import AttendanceList
from classroom.api.v1.courses import CourseDetail, CourseList
from classroom.api.v1.docs import Description, api_docs
from classroom.api.v1.exports import (
    AttendanceFile,
    ReadingsFile,
    RegisterFile,
    SessionsFile,
    StudentSessionsFile,
    StudentsFile,
)
from classroom.api.v1.markers import MarkerDetail, MarkerList
from classroom.api.v1.readings import ReadingList, Timeline
from classroom.api.v1.sessions import CourseSessions, SessionDetail, SessionEnd, SessionList
from classroom.api.v1.students import StudentList

app_name = "v1"
urlpatterns = [
    path("docs/", api_docs, name="docs"),
    path("openapi.json", Description.as_view(), name="openapi"),
    path("courses/", CourseList.as_view(), name="courses"),
    path("courses/<id:pk>/", CourseDetail.as_view(), name="course"),
    path("courses/<id:pk>/sessions/", CourseSessions.as_view(), name="course_sessions"),
    path("courses/<id:pk>/exports/sessions/", SessionsFile.as_view(), name="sessions_file"),
    path("courses/<id:pk>/exports/register/", RegisterFile.as_view(), name="register_file"),
    path(
        "courses/<id:pk>/exports/students/<id:student_pk>/",
        StudentSessionsFile.as_view(),
        name="student_sessions_file",
    ),
    path("sessions/", SessionList.as_view(), name="sessions"),
    path("sessions/<id:pk>/", SessionDetail.as_view(), name="session"),
    path("sessions/<id:pk>/end/", SessionEnd.as_view(), name="session_end"),
    path("sessions/<id:pk>/attendance/", AttendanceList.as_view(), name="attendance"),
    path("sessions/<id:pk>/readings/", ReadingList.as_view(), name="readings"),
    path("sessions/<id:pk>/timeline/", Timeline.as_view(), name="timeline"),
    path("sessions/<id:pk>/alerts/", AlertList.as_view(), name="alerts"),
    path("sessions/<id:pk>/answers/", AnswerList.as_view(), name="answers"),
    path("sessions/<id:pk>/students/", StudentList.as_view(), name="students"),
    path("sessions/<id:pk>/markers/", MarkerList.as_view(), name="markers"),
    path("sessions/<id:pk>/markers/<id:marker_pk>/", MarkerDetail.as_view(), name="marker"),
    path("sessions/<id:pk>/exports/attendance/", AttendanceFile.as_view(), name="attendance_file"),
    path("sessions/<id:pk>/exports/students/", StudentsFile.as_view(), name="students_file"),
    path("sessions/<id:pk>/exports/readings/", ReadingsFile.as_view(), name="readings_file"),
]
