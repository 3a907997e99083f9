from django.urls import path

from classroom.consumers.student import StudentConsumer
from classroom.consumers.teacher import TeacherConsumer

websocket_urlpatterns = [
    path("ws/sessions/<int:pk>/student/", StudentConsumer.as_asgi()),
    path("ws/sessions/<int:pk>/teacher/", TeacherConsumer.as_asgi()),
]
