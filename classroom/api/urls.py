from django.urls import path

from classroom.api.live import SessionLive
from classroom.api.simulation import SimulationView

urlpatterns = [
    path("sessions/<int:pk>/live/", SessionLive.as_view(), name="api_session_live"),
    path("simulation/", SimulationView.as_view(), name="api_simulation"),
]
