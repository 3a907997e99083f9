from django.urls import include, path

from classroom.views import courses, home, sessions

urlpatterns = [
    path("", home.home, name="home"),
    path("privacy/", home.privacy, name="privacy"),
    path("readings/erase/", home.readings_erase, name="readings_erase"),
    path("courses/join/", courses.course_join, name="course_join"),
    path("courses/<int:pk>/", courses.course_detail, name="course_detail"),
    path("courses/<int:pk>/sessions/start/", courses.session_start, name="session_start"),
    path("sessions/<int:pk>/", sessions.session_report, name="session_report"),
    path("sessions/<int:pk>/live/", sessions.session_live, name="session_live"),
    path("sessions/<int:pk>/end/", sessions.session_end, name="session_end"),
    path("sessions/<int:pk>/attend/", sessions.session_attend, name="session_attend"),
    path("sessions/<int:pk>/mine/", sessions.session_mine, name="session_mine"),
    path("api/", include("classroom.api.urls")),
]
