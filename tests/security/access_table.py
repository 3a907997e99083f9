"""The table of access: a row for each URL says who gets what, and one more if it depends on the session.

A new URL needs a row: its route as in Django's resolver, a path with the placeholders of `access_people.school`, and
what each method that the view accepts gives to whom. `only(TEACHER)` is 200 for the teacher, 404 for everyone else who
is signed in, and the sign-in page for visitors.
"""

from tests.security.access_people import (
    ADMINISTRATOR,
    ASSISTANT,
    OTHER_STUDENT,
    OTHER_TEACHER,
    OUTSIDE_ADMINISTRATOR,
    OUTSIDERS,
    STUDENT,
    TEACHER,
)
from tests.security.access_rows import (
    LOGIN,
    STAFF,
    Outcomes,
    Row,
    everyone,
    in_api,
    only,
    row,
    signed_in,
)
from tests.security.access_to_accounts import OF_ACCOUNTS
from tests.security.access_to_administration import ADMINISTRATION
from tests.security.access_to_course_administration import OF_COURSE_ADMINISTRATION
from tests.security.access_to_people import OF_PEOPLE
from tests.security.access_to_platforms import OF_PLATFORMS
from tests.security.access_to_rest_api import REST_API

SITE = [
    row("healthz", GET=everyone()),
    # Its check of the database cannot write while the transaction of the table's school is open.
    row("readyz", GET=everyone(503)),
    row("metrics", GET=everyone()),
    row("", GET=everyone() | dict.fromkeys((ADMINISTRATOR, OUTSIDE_ADMINISTRATOR), 302)),
    row("privacy/", GET=everyone()),
    row("help/camera/", GET=everyone()),
    row("jsi18n/<str:language>/", "/jsi18n/hi/", GET=everyone()),
    row("language/", body={"language": "hi"}, POST=everyone(302)),
]
COURSES = [
    row(
        "courses/join/",
        body={"join_code": "STAT2345"},
        GET=signed_in(),
        POST={
            **only(*STAFF, ADMINISTRATOR, *OUTSIDERS, then=422),
            **dict.fromkeys((STUDENT, OTHER_STUDENT, OTHER_TEACHER), 302),
        },
    ),
    # Nobody, unless the school lets teachers create courses.
    row("courses/new/", GET=only(), POST=only()),
    row("courses/<id:pk>/", "/courses/{course}/", GET=only(STUDENT, *STAFF)),
    row("courses/<id:pk>/leave/", "/courses/{course}/leave/", POST=only(STUDENT, ASSISTANT, then=302)),
    row("courses/<id:pk>/request/withdraw/", "/courses/{course}/request/withdraw/", POST=signed_in(302)),
    row("courses/<id:pk>/members/", "/courses/{course}/members/", GET=only(TEACHER)),
    row(
        "courses/<id:pk>/members/change/",
        "/courses/{course}/members/change/",
        body={"remove": "{student}"},
        POST=only(TEACHER, then=302),
    ),
    row("courses/<id:pk>/members/joining/", "/courses/{course}/members/joining/", POST=only(TEACHER, then=302)),
    row("courses/<id:pk>/members/join-code/", "/courses/{course}/members/join-code/", POST=only(TEACHER, then=302)),
    row(
        "courses/<id:pk>/assistants/invite/",
        "/courses/{course}/assistants/invite/",
        body={"email": "nobody@example.org"},
        POST=only(TEACHER, then=302),
    ),
    row(
        "courses/<id:pk>/assistants/change/",
        "/courses/{course}/assistants/change/",
        body={"remove": "{assistant}"},
        POST=only(TEACHER, then=302),
    ),
    # The invited person of the school is the student of another course.
    row(
        "courses/<id:pk>/assistants/answer/",
        "/courses/{course}/assistants/answer/",
        body={"accept": ""},
        POST=only(OTHER_STUDENT, then=302),
    ),
    row(
        "courses/<id:pk>/retention/",
        "/courses/{course}/retention/",
        body={"days": "30"},
        GET=only(TEACHER, ADMINISTRATOR),
        POST=only(TEACHER, ADMINISTRATOR, then=302),
    ),
    row("courses/<id:pk>/consent/", "/courses/{course}/consent/", GET=only(STUDENT)),
    row(
        "courses/<id:pk>/consent/grant/",
        "/courses/{course}/consent/grant/",
        body={"agree": "on", "version": "{text}"},
        POST=only(STUDENT, then=302),
    ),
    row("courses/<id:pk>/consent/withdraw/", "/courses/{course}/consent/withdraw/", POST=only(STUDENT, then=302)),
    row("courses/<id:pk>/camera/", "/courses/{course}/camera/", GET=only(TEACHER)),
    row("courses/<id:pk>/camera/on/", "/courses/{course}/camera/on/", POST=only(TEACHER, then=422)),
    row("courses/<id:pk>/camera/off/", "/courses/{course}/camera/off/", POST=only(TEACHER, then=302)),
    row("courses/<id:pk>/camera/pictures/", "/courses/{course}/camera/pictures/", POST=only(TEACHER, then=302)),
    row(
        "courses/<id:pk>/alerts/",
        "/courses/{course}/alerts/",
        body={"preset": "unknown"},
        GET=only(TEACHER),
        POST=only(TEACHER, then=422),
    ),
    row("courses/<id:pk>/sessions/start/", "/courses/{course}/sessions/start/", POST=only(TEACHER, then=302)),
    row("courses/<id:pk>/term/", "/courses/{course}/term/", GET=only(*STAFF)),
    row("courses/<id:pk>/register/", "/courses/{course}/register/", GET=only(*STAFF)),
    row("courses/<id:pk>/register.csv", "/courses/{course}/register.csv", GET=only(*STAFF)),
    row("courses/<id:pk>/sessions.csv", "/courses/{course}/sessions.csv", GET=only(*STAFF)),
    row("courses/<id:pk>/students/<id:student_pk>/", "/courses/{course}/students/{student}/", GET=only(*STAFF)),
    row(
        "courses/<id:pk>/students/<id:student_pk>/sessions.csv",
        "/courses/{course}/students/{student}/sessions.csv",
        GET=only(*STAFF),
    ),
    row("courses/<id:pk>/mine/", "/courses/{course}/mine/", GET=only(STUDENT)),
    row("courses/<id:pk>/mine/sessions.csv", "/courses/{course}/mine/sessions.csv", GET=only(STUDENT)),
]
SESSIONS = [
    row("sessions/<id:pk>/live/", "/sessions/{running}/live/", GET=only(*STAFF)),
    row("sessions/<id:pk>/live/", "/sessions/{ended}/live/", GET=only(*STAFF, then=302)),
    row("sessions/<id:pk>/end/", "/sessions/{running}/end/", POST=only(TEACHER, then=302)),
    row("sessions/<id:pk>/edit/", "/sessions/{running}/edit/", GET=only(TEACHER)),
    row("sessions/<id:pk>/rename/", "/sessions/{running}/rename/", {"topic": "Sums"}, POST=only(TEACHER, then=302)),
    row("sessions/<id:pk>/delete/", "/sessions/{ended}/delete/", {"sure": "on"}, POST=only(TEACHER, then=302)),
    row("sessions/<id:pk>/", "/sessions/{running}/", GET=only(*STAFF, then=302)),
    row("sessions/<id:pk>/", "/sessions/{ended}/", GET=only(*STAFF)),
    row("sessions/<id:pk>/students.csv", "/sessions/{ended}/students.csv", GET=only(*STAFF)),
    row("sessions/<id:pk>/attendance.csv", "/sessions/{ended}/attendance.csv", GET=only(*STAFF)),
    row("sessions/<id:pk>/readings.csv", "/sessions/{ended}/readings.csv", GET=only(*STAFF)),
    row("sessions/<id:pk>/students/<id:student_pk>/", "/sessions/{ended}/students/{student}/", GET=only(*STAFF)),
    row("sessions/<id:pk>/markers/", "/sessions/{ended}/markers/", POST=only(*STAFF, then=422)),
    row(
        "sessions/<id:pk>/markers/remove/",
        "/sessions/{running}/markers/remove/",
        body={"marker": "{marker}"},
        POST=only(*STAFF, then=302),
    ),
    row("sessions/<id:pk>/attend/", "/sessions/{running}/attend/", GET=only(STUDENT)),
    row("sessions/<id:pk>/attend/", "/sessions/{ended}/attend/", GET=only(STUDENT, then=302)),
    row("sessions/<id:pk>/mine/", "/sessions/{ended}/mine/", GET=only(STUDENT)),
    row("sessions/<id:pk>/mine/readings.csv", "/sessions/{ended}/mine/readings.csv", GET=only(STUDENT)),
]
API = [
    row("api/courses/<id:pk>/waiting/", "/api/courses/{course}/waiting/", GET=in_api(STUDENT)),
    row("api/sessions/<id:pk>/live/", "/api/sessions/{running}/live/", GET=in_api(*STAFF)),
    row("api/sessions/<id:pk>/consent/", "/api/sessions/{running}/consent/", GET=in_api(*STAFF)),
    row(
        "api/sessions/<id:pk>/students/<id:student_pk>/",
        "/api/sessions/{running}/students/{student}/",
        GET=in_api(*STAFF),
    ),
    row("api/sessions/<id:pk>/alerts/", "/api/sessions/{running}/alerts/", GET=in_api(*STAFF)),
    row(
        "api/sessions/<id:pk>/alerts/acknowledge/",
        "/api/sessions/{running}/alerts/acknowledge/",
        body={"newest": "{alert}"},
        POST=in_api(*STAFF),
    ),
    row(
        "api/sessions/<id:pk>/alerts/<id:alert_pk>/acknowledge/",
        "/api/sessions/{running}/alerts/{alert}/acknowledge/",
        POST=in_api(*STAFF),
    ),
    row("api/sessions/<id:pk>/attendance/", "/api/sessions/{running}/attendance/", POST=in_api(STUDENT)),
    row("api/sessions/<id:pk>/ask/", "/api/sessions/{running}/ask/", POST=in_api(*STAFF)),
    row("api/sessions/<id:pk>/ask/", "/api/sessions/{ended}/ask/", POST=in_api(*STAFF, then=410)),
    row(
        "api/sessions/<id:pk>/hands/<id:student_pk>/",
        "/api/sessions/{running}/hands/{student}/",
        DELETE=in_api(*STAFF, then=204),
    ),
    row(
        "api/sessions/<id:pk>/markers/",
        "/api/sessions/{running}/markers/",
        body={"text": "Questions"},
        GET=in_api(*STAFF),
        POST=in_api(*STAFF, then=201),
    ),
    row(
        "api/sessions/<id:pk>/markers/<id:marker_pk>/",
        "/api/sessions/{running}/markers/{marker}/",
        body={"text": "Questions"},
        PATCH=in_api(*STAFF),
        DELETE=in_api(*STAFF, then=204),
    ),
    # Only for a program on this machine that has the token.
    row("api/simulation/", POST=everyone(403), PATCH=everyone(403), DELETE=everyone(403)),
]


def admin_row(path: str, route: str = "", administrator: int = 200, **methods: Outcomes) -> Row:
    gets = only(ADMINISTRATOR, then=administrator, others=LOGIN)
    return row(f"admin/{route or path}", f"/admin/{path}", GET=gets, **methods)


def model_rows(model: str, pk: str, *, add: int = 200, change: int = 200, delete: int = 200) -> list[Row]:
    """The pages of one model, with what administrators get."""
    return [
        admin_row(f"{model}/"),
        admin_row(f"{model}/add/", administrator=add),
        *(
            admin_row(f"{model}/{pk}/{page}", f"{model}/<path:object_id>/{page}", administrator)
            for page, administrator in (("", 302), ("change/", change), ("delete/", delete), ("history/", 200))
        ),
    ]


ADMIN = [
    admin_row(""),
    row("admin/login/", GET=only(ADMINISTRATOR, then=302, others=403), POST=only(ADMINISTRATOR, others=403)),
    row(
        "admin/logout/",
        GET=only(ADMINISTRATOR, then=405, others=302, visitors=302),
        POST=only(ADMINISTRATOR, others=302, visitors=302),
    ),
    admin_row("password_change/"),
    admin_row("password_change/done/"),
    admin_row("autocomplete/", administrator=403),
    admin_row("jsi18n/"),
    admin_row("r/1/1/", "r/<path:content_type_id>/<path:object_id>/", 404),
    admin_row("classroom/", "^(?P<app_label>accounts|classroom)/$"),
    admin_row("unknown/", "(?P<url>.*)$", 404),
    admin_row("accounts/user/{student}/password/", "accounts/user/<id>/password/"),
    *model_rows("accounts/user", "{student}"),
    *model_rows("accounts/organisation", "1", add=403, delete=403),
    *model_rows("accounts/consenttext", "1", add=302, delete=403),
    *model_rows("classroom/courseconsent", "{consent}", add=403, delete=403),
    *model_rows("classroom/course", "{course}", delete=403),
]
ROWS = [
    *SITE,
    *OF_COURSE_ADMINISTRATION,
    *ADMINISTRATION,
    *OF_PEOPLE,
    *OF_ACCOUNTS,
    *OF_PLATFORMS,
    *COURSES,
    *SESSIONS,
    *API,
    *REST_API,
    *ADMIN,
]
