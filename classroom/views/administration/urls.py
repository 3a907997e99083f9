from django.urls import path

from classroom import path_converters  # noqa: F401  # registers <id:…>
from classroom.views.administration import (
    audit,
    exports,
    imports,
    invitations,
    merging,
    overview,
    people,
    person,
    privacy,
)

app_name = "administration"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("people/", people.people_list, name="people"),
    path("people/new/", people.person_new, name="person_new"),
    path("people/<id:pk>/", person.person, name="person"),
    path("people/<id:pk>/edit/", person.person_edit, name="person_edit"),
    path("people/<id:pk>/password/", person.person_password, name="person_password"),
    path("people/<id:pk>/sign-out/", person.person_sign_out, name="person_sign_out"),
    path("people/<id:pk>/activate/", person.person_activate, name="person_activate"),
    path("people/<id:pk>/deactivate/", person.person_deactivate, name="person_deactivate"),
    path("people/<id:pk>/delete/", person.person_delete, name="person_delete"),
    path("people/<id:pk>/merge/", merging.person_merge, name="person_merge"),
    path("people/<id:pk>/merge/<id:other_pk>/", merging.person_merge_with, name="person_merge_with"),
    path("people/invitations/", invitations.invitation_list, name="invitations"),
    path("people/invitations/new/", invitations.invite, name="invite"),
    path("people/invitations/<id:pk>/resend/", invitations.invitation_resend, name="invitation_resend"),
    path("people/invitations/<id:pk>/withdraw/", invitations.invitation_withdraw, name="invitation_withdraw"),
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
