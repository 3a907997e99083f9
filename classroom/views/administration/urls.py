from django.urls import path

from classroom.views.administration import audit, exports, imports, overview, privacy

app_name = "administration"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("audit/", audit.audit, name="audit"),
    path("audit.csv", audit.audit_csv, name="audit_csv"),
    path("imports/", imports.imports, name="imports"),
    # config/body_limit.py lets bodies for this path be larger.
    path("imports/upload/<str:ticket>/", imports.import_upload, name="import_upload"),
    path("imports/<slug:job_id>/", imports.import_job, name="import"),
    path("imports/<slug:job_id>/progress/", imports.import_progress, name="import_progress"),
    path("imports/<slug:job_id>/read-again/", imports.import_read_again, name="import_read_again"),
    path("imports/<slug:job_id>/confirm/", imports.import_confirm, name="import_confirm"),
    path("imports/<slug:job_id>/discard/", imports.import_discard, name="import_discard"),
    path("exports/people.csv", exports.people_csv, name="people_csv"),
    path("exports/courses.csv", exports.courses_csv, name="courses_csv"),
    path("exports/enrolments.csv", exports.enrolments_csv, name="enrolments_csv"),
]
