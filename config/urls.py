from django.contrib import admin
from django.urls import include, path

from classroom.views import health
from config.script_texts import script_texts

handler500 = "classroom.views.errors.server_error"
urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics_page),
    path("", include("classroom.urls")),
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("jsi18n/<str:language>/", script_texts, name="script_texts"),
]
