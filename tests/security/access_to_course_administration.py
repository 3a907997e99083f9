"""The rows of the table of access about the administration of courses and terms."""

from tests.security.access_people import ADMINISTRATOR
from tests.security.access_rows import Row, only, row

COURSE, TERM = "administration/courses/<id:pk>/", "administration/terms/<id:pk>/"


def change(route: str, path: str = "", then: int = 302, **body: str) -> Row:
    """A form that an administrator sends and nobody else."""
    return row(route, path, body=body, POST=only(ADMINISTRATOR, then=then))


def form(route: str, path: str = "") -> Row:
    """A page with a form, which is sent empty."""
    return row(route, path, GET=only(ADMINISTRATOR), POST=only(ADMINISTRATOR, then=422))


OF_COURSE_ADMINISTRATION = [
    row("administration/health/", GET=only(ADMINISTRATOR)),
    row("administration/courses/", GET=only(ADMINISTRATOR)),
    change("administration/courses/change/", change="archive", selected="{course}"),
    form("administration/courses/new/"),
    form(COURSE, "/administration/courses/{course}/"),
    change(f"{COURSE}staff/", "/administration/courses/{course}/staff/", remove_assistant="{assistant}"),
    change(f"{COURSE}joining/", "/administration/courses/{course}/joining/", joining="nobody"),
    change(f"{COURSE}join-code/", "/administration/courses/{course}/join-code/"),
    change(f"{COURSE}archive/", "/administration/courses/{course}/archive/"),
    form(f"{COURSE}delete/", "/administration/courses/{course}/delete/"),
    row("administration/terms/", GET=only(ADMINISTRATOR)),
    form("administration/terms/new/"),
    form(TERM, "/administration/terms/{term}/"),
    change(f"{TERM}delete/", "/administration/terms/{term}/delete/"),
]
