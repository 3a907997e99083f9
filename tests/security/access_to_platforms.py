"""The rows of the table of access about learning platforms (LTI). Nobody of the school has come from one."""

from tests.security.access_people import ADMINISTRATOR, TEACHER
from tests.security.access_rows import everyone, only, row, signed_in

LAUNCHES = [
    row("lti/login/", GET=everyone(403), POST=everyone(403)),
    row("lti/launch/", POST=everyone(403)),
    row("lti/jwks/", GET=everyone()),
    row("lti/sign-in/", GET=everyone(404), POST=everyone(404)),
    row("lti/new-account/", POST=everyone(404)),
    # Asks for the password again.
    row("lti/link/", POST=signed_in(302)),
    row("lti/accounts/<int:pk>/unlink/", "/lti/accounts/1/unlink/", POST=signed_in(302)),
    row("lti/open/", GET=only()),
    row("lti/course/", GET=only(), POST=only()),
    row("lti/deep-link/", GET=only(), POST=only()),
]
ROSTERS = [
    row("courses/<id:pk>/roster/", "/courses/{course}/roster/", GET=only(TEACHER)),
    *(
        row(
            f"courses/<id:pk>/roster/{action}/",
            f"/courses/{{course}}/roster/{action}/",
            body={"link": "{lti_course}"},
            POST=only(TEACHER, then=302),
        )
        for action in ("preview", "add", "unlink")
    ),
]
PLATFORMS = [
    row("administration/platforms/", GET=only(ADMINISTRATOR)),
    row(
        "administration/platforms/new/", body={"name": ""}, GET=only(ADMINISTRATOR), POST=only(ADMINISTRATOR, then=422)
    ),
    row(
        "administration/platforms/<id:pk>/",
        "/administration/platforms/{platform}/",
        body={"name": ""},
        GET=only(ADMINISTRATOR),
        POST=only(ADMINISTRATOR, then=422),
    ),
    row(
        "administration/platforms/<id:pk>/delete/",
        "/administration/platforms/{platform}/delete/",
        POST=only(ADMINISTRATOR, then=302),
    ),
]
OF_PLATFORMS = [*LAUNCHES, *ROSTERS, *PLATFORMS]
