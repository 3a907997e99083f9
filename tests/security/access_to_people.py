"""The rows of the table of access about people: the administration's pages, and the page of an invitation."""

from tests.security.access_people import ADMINISTRATOR
from tests.security.access_rows import administrators, everyone, only, row

OF_PEOPLE = [
    row("administration/people/", GET=administrators()),
    row("administration/people/new/", body={"name": ""}, GET=administrators(), POST=administrators(422)),
    row("administration/people/<id:pk>/", "/administration/people/{student}/", GET=only(ADMINISTRATOR)),
    row(
        "administration/people/<id:pk>/edit/",
        "/administration/people/{student}/edit/",
        body={"name": ""},
        GET=only(ADMINISTRATOR),
        POST=only(ADMINISTRATOR, then=422),
    ),
    *(
        row(
            f"administration/people/<id:pk>/{action}/",
            f"/administration/people/{{student}}/{action}/",
            POST=only(ADMINISTRATOR, then=302),
        )
        for action in ("password", "sign-out", "activate")
    ),
    *(
        row(
            f"administration/people/<id:pk>/{action}/",
            f"/administration/people/{{student}}/{action}/",
            GET=only(ADMINISTRATOR),
            POST=only(ADMINISTRATOR, then=302),
        )
        for action in ("deactivate", "delete")
    ),
    row("administration/people/<id:pk>/merge/", "/administration/people/{student}/merge/", GET=only(ADMINISTRATOR)),
    # The student is in a running class.
    row(
        "administration/people/<id:pk>/merge/<id:other_pk>/",
        "/administration/people/{assistant}/merge/{student}/",
        GET=only(ADMINISTRATOR, then=422),
        POST=only(ADMINISTRATOR, then=422),
    ),
    row("administration/people/invitations/", GET=administrators()),
    row(
        "administration/people/invitations/new/",
        body={"addresses": ""},
        GET=administrators(),
        POST=administrators(422),
    ),
    *(
        row(
            f"administration/people/invitations/<id:pk>/{action}/",
            f"/administration/people/invitations/{{invitation}}/{action}/",
            POST=only(ADMINISTRATOR, then=302),
        )
        for action in ("resend", "withdraw")
    ),
    row("invitations/<str:token>/", "/invitations/wrong/", GET=everyone(404), POST=everyone(404)),
]
