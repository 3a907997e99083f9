from django.urls import path

from classroom.views.administration import overview

app_name = "administration"
urlpatterns = [
    path("", overview.overview, name="overview"),
]
