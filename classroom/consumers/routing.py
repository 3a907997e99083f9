from django.urls import path

from classroom.consumers import StudentConsumer, TeacherConsumer

websocket_urlpatterns = [
    path("ws/sessions/<int:pk>/student/", StudentConsumer.as_asgi()),
    path("ws/sessions/<int:pk>/teacher/", TeacherConsumer.as_asgi()),
]
