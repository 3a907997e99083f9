"""The rows of the table of access about the administration of courses and terms."""

from tests.security.access_people import ADMINISTRATOR
from tests.security.access_rows import Row, administrators, only, row

COURSE, TERM = "administration/courses/<id:pk>/", "administration/terms/<id:pk>/"


def change(route: str, path: str = "", then: int = 302, **body: str) -> Row:
    """A form that an administrator sends and nobody else."""
    return row(route, path, body=body, POST=only(ADMINISTRATOR, then=then))


def form(route: str, path: str = "") -> Row:
    """A page with a form, which is sent empty."""
    return row(route, path, GET=only(ADMINISTRATOR), POST=only(ADMINISTRATOR, then=422))


OF_COURSE_ADMINISTRATION = [
    # The numbers are those of all schools together.
    row("administration/health/", GET=only(ADMINISTRATOR)),
    row("administration/courses/", GET=administrators()),
    # An administrator of another school cannot select a row with the course.
    row(
        "administration/courses/change/",
        body={"change": "archive", "selected": "{course}"},
        POST=administrators(302),
    ),
    row("administration/courses/new/", GET=administrators(), POST=administrators(422)),
    form(COURSE, "/administration/courses/{course}/"),
    change(f"{COURSE}staff/", "/administration/courses/{course}/staff/", remove_assistant="{assistant}"),
    change(f"{COURSE}joining/", "/administration/courses/{course}/joining/", joining="nobody"),
    change(f"{COURSE}join-code/", "/administration/courses/{course}/join-code/"),
    change(f"{COURSE}archive/", "/administration/courses/{course}/archive/"),
    form(f"{COURSE}delete/", "/administration/courses/{course}/delete/"),
    row("administration/terms/", GET=administrators()),
    row("administration/terms/new/", GET=administrators(), POST=administrators(422)),
    form(TERM, "/administration/terms/{term}/"),
    change(f"{TERM}delete/", "/administration/terms/{term}/delete/"),
]
