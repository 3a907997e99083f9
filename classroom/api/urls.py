from django.urls import path

from classroom.api.live import SessionLive

urlpatterns = [path("sessions/<int:pk>/live/", SessionLive.as_view(), name="api_session_live")]
