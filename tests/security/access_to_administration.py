"""The rows of the table of access about the administrator's pages."""

from tests.security.access_people import ADMINISTRATOR
from tests.security.access_rows import administrators, only, row

WEBHOOK, THE_WEBHOOK = "administration/webhooks/<id:pk>", "/administration/webhooks/{webhook}"

ADMINISTRATION = [
    row("administration/", GET=administrators()),
    row("administration/school/", body={"name": "x" * 121}, GET=administrators(), POST=administrators(422)),
    row("administration/school/retention/", body={"days": "0"}, GET=administrators(), POST=administrators(422)),
    row("administration/audit/", GET=administrators()),
    row("administration/audit.csv", GET=administrators()),
    row("administration/privacy/", GET=administrators()),
    row("administration/consents/", GET=administrators()),
    row("administration/consents/record/", GET=administrators(), POST=administrators(422)),
    row(
        "administration/consents/<id:pk>/withdraw/",
        "/administration/consents/{guardian}/withdraw/",
        body={"how": "letter"},
        GET=only(ADMINISTRATOR),
        POST=only(ADMINISTRATOR, then=302),
    ),
    row("administration/exports/people.csv", GET=administrators()),
    row("administration/exports/courses.csv", GET=administrators()),
    row("administration/exports/enrolments.csv", GET=administrators()),
    row("administration/people/password-mails/", GET=administrators()),
    row("administration/people/password-mails/progress/", GET=administrators()),
    row("administration/people/password-mails/send/", POST=administrators(302)),
    row("administration/webhooks/", GET=administrators()),
    row("administration/webhooks/new/", GET=administrators(), POST=administrators(422)),
    row(f"{WEBHOOK}/", f"{THE_WEBHOOK}/", GET=only(ADMINISTRATOR), POST=only(ADMINISTRATOR, then=422)),
    row(f"{WEBHOOK}/test/", f"{THE_WEBHOOK}/test/", POST=only(ADMINISTRATOR, then=302)),
    row(f"{WEBHOOK}/secret/", f"{THE_WEBHOOK}/secret/", POST=only(ADMINISTRATOR)),
    row(f"{WEBHOOK}/delete/", f"{THE_WEBHOOK}/delete/", POST=only(ADMINISTRATOR, then=302)),
    row("administration/imports/", GET=administrators()),
    row(
        "administration/imports/upload/<str:ticket>/",
        "/administration/imports/upload/wrong/",
        GET=administrators(302),
        POST=administrators(302),
    ),
    # Each administrator has one import, and nobody has this one.
    row("administration/imports/<slug:job_id>/", "/administration/imports/unknown/", GET=only()),
    row("administration/imports/<slug:job_id>/progress/", "/administration/imports/unknown/progress/", GET=only()),
    *(
        row(
            f"administration/imports/<slug:job_id>/{change}/",
            f"/administration/imports/unknown/{change}/",
            GET=administrators(302),
            POST=only(),
        )
        for change in ("read-again", "confirm", "invite", "discard")
    ),
]
