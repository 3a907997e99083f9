from django.urls import path

from classroom.views.administration import audit, overview, privacy

app_name = "administration"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("audit/", audit.audit, name="audit"),
    path("audit.csv", audit.audit_csv, name="audit_csv"),
]
