"""The rows of the table of access about the administrator's pages."""

from tests.security.access_people import ADMINISTRATOR
from tests.security.access_rows import only, row

ADMINISTRATION = [
    row("administration/", GET=only(ADMINISTRATOR)),
    row("administration/audit/", GET=only(ADMINISTRATOR)),
    row("administration/audit.csv", GET=only(ADMINISTRATOR)),
    row("administration/privacy/", GET=only(ADMINISTRATOR)),
    row("administration/consents/", GET=only(ADMINISTRATOR)),
    row("administration/consents/record/", GET=only(ADMINISTRATOR), POST=only(ADMINISTRATOR, then=422)),
    row(
        "administration/consents/<id:pk>/withdraw/",
        "/administration/consents/{guardian}/withdraw/",
        body={"how": "letter"},
        GET=only(ADMINISTRATOR),
        POST=only(ADMINISTRATOR, then=302),
    ),
    row("administration/exports/people.csv", GET=only(ADMINISTRATOR)),
    row("administration/exports/courses.csv", GET=only(ADMINISTRATOR)),
    row("administration/exports/enrolments.csv", GET=only(ADMINISTRATOR)),
    row("administration/people/password-mails/", GET=only(ADMINISTRATOR)),
    row("administration/people/password-mails/progress/", GET=only(ADMINISTRATOR)),
    row("administration/people/password-mails/send/", POST=only(ADMINISTRATOR, then=302)),
    row("administration/imports/", GET=only(ADMINISTRATOR)),
    row(
        "administration/imports/upload/<str:ticket>/",
        "/administration/imports/upload/wrong/",
        GET=only(ADMINISTRATOR, then=302),
        POST=only(ADMINISTRATOR, then=302),
    ),
    # Each administrator has one import, and nobody has this one.
    row("administration/imports/<slug:job_id>/", "/administration/imports/unknown/", GET=only()),
    row("administration/imports/<slug:job_id>/progress/", "/administration/imports/unknown/progress/", GET=only()),
    *(
        row(
            f"administration/imports/<slug:job_id>/{change}/",
            f"/administration/imports/unknown/{change}/",
            GET=only(ADMINISTRATOR, then=302),
            POST=only(),
        )
        for change in ("read-again", "confirm", "invite", "discard")
    ),
]
