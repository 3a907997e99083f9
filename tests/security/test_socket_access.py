"""Every socket, opened by everybody: whether it stays open, or the code with which it closes."""

import json

import pytest
from asgiref.sync import sync_to_async

from classroom.consumers.routing import websocket_urlpatterns
from tests.classroom.consumers.sockets import PATIENCE_S, Socket
from tests.security.access_people import ANONYMOUS, ASSISTANT, PEOPLE, STUDENT, TEACHER, school

pytestmark = pytest.mark.django_db(transaction=True)

NOT_SIGNED_IN, NOT_FOUND = 4401, 4404
STRANGERS = dict.fromkeys(PEOPLE, NOT_FOUND) | {ANONYMOUS: NOT_SIGNED_IN}
# By route: a path, and what each person gets first: a type of message, or a code that closes the socket.
SOCKETS = {
    "ws/sessions/<int:pk>/student/": ("/ws/sessions/{running}/student/", STRANGERS | {STUDENT: "welcome"}),
    "ws/sessions/<int:pk>/teacher/": (
        "/ws/sessions/{running}/teacher/",
        STRANGERS | dict.fromkeys((ASSISTANT, TEACHER), "ready"),
    ),
    "": ("/ws/unknown/", dict.fromkeys(PEOPLE, NOT_FOUND)),
}


def test_every_socket_has_a_row():
    assert list(SOCKETS) == [str(route.pattern) for route in websocket_urlpatterns]


@pytest.mark.parametrize("route", SOCKETS)
async def test_socket_access(route):
    everybody = await sync_to_async(school)()
    path, expected = SOCKETS[route]
    outcomes = {}
    for who in PEOPLE:
        async with Socket(path.format(**everybody.ids), session_key=everybody.session_keys.get(who, "")) as socket:
            first = await socket.communicator.receive_output(PATIENCE_S)
            is_open = first["type"] == "websocket.send"
            outcomes[who] = json.loads(first["text"])["type"] if is_open else first["code"]
    assert outcomes == expected
