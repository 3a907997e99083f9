from django.urls import path, re_path

from classroom.consumers.student import StudentConsumer
from classroom.consumers.teacher import TeacherConsumer
from classroom.consumers.unknown_path import UnknownPathConsumer

websocket_urlpatterns = [
    path("ws/sessions/<int:pk>/student/", StudentConsumer.as_asgi()),
    path("ws/sessions/<int:pk>/teacher/", TeacherConsumer.as_asgi()),
    re_path("", UnknownPathConsumer.as_asgi()),
]
