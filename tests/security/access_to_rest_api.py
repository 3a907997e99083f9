"""The rows of the table of access about the REST API, for people who are signed in. Tokens give no more:
tests/classroom/api/v1/test_tokens.py."""

from tests.security.access_people import ADMINISTRATOR, STUDENT, TEACHER
from tests.security.access_rows import STAFF, Outcomes, only, row, signed_in

COURSE, SESSION = "api/v1/courses/<id:pk>/", "api/v1/sessions/<id:pk>/"


def in_rest_api(*who: str, then: int = 200) -> Outcomes:
    return only(*who, then=then, visitors=401)


EVERYBODYS_OWN: Outcomes = signed_in() | {"anonymous": 401}
REST_API = [
    row("api/v1/docs/", GET=signed_in()),
    row("api/v1/openapi.json", GET=EVERYBODYS_OWN),
    row("api/v1/courses/", GET=EVERYBODYS_OWN),
    row(COURSE, "/api/v1/courses/{course}/", GET=in_rest_api(STUDENT, *STAFF, ADMINISTRATOR)),
    # A class is already running.
    row(f"{COURSE}sessions/", "/api/v1/courses/{course}/sessions/", POST=in_rest_api(TEACHER, then=409)),
    row("api/v1/sessions/", GET=EVERYBODYS_OWN),
    row(SESSION, "/api/v1/sessions/{running}/", GET=in_rest_api(STUDENT, *STAFF)),
    row(f"{SESSION}end/", "/api/v1/sessions/{running}/end/", POST=in_rest_api(TEACHER)),
    *(
        row(f"{SESSION}{name}/", f"/api/v1/sessions/{{running}}/{name}/", GET=in_rest_api(STUDENT, *STAFF))
        for name in ("attendance", "readings", "students", "alerts", "answers")
    ),
    *(
        row(f"{SESSION}exports/{name}/", f"/api/v1/sessions/{{running}}/exports/{name}/", GET=in_rest_api(*who))
        for name, who in (("attendance", STAFF), ("students", STAFF), ("readings", (STUDENT, *STAFF)))
    ),
    *(
        row(f"{COURSE}exports/{name}/", f"/api/v1/courses/{{course}}/exports/{name}/", GET=in_rest_api(*STAFF))
        for name in ("sessions", "register")
    ),
    row(
        f"{COURSE}exports/students/<id:student_pk>/",
        "/api/v1/courses/{course}/exports/students/{student}/",
        GET=in_rest_api(STUDENT, *STAFF),
    ),
    row(f"{SESSION}timeline/", "/api/v1/sessions/{running}/timeline/", GET=in_rest_api(*STAFF)),
    row(
        f"{SESSION}markers/",
        "/api/v1/sessions/{running}/markers/",
        {"text": "Exercise"},
        GET=in_rest_api(STUDENT, *STAFF),
        POST=in_rest_api(*STAFF, then=201),
    ),
    row(
        f"{SESSION}markers/<id:marker_pk>/",
        "/api/v1/sessions/{running}/markers/{marker}/",
        {"text": "Break"},
        PATCH=in_rest_api(*STAFF),
        DELETE=in_rest_api(*STAFF, then=204),
    ),
]
