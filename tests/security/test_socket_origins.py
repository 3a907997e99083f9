"""Pages of other sites, and of other ports and schemes of this one, open no socket with a visitor's cookies."""

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from config import site
from config.site_sockets import is_from_this_site
from tests import factories
from tests.classroom.consumers.sockets import teacher_socket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session():
    return factories.session(started_at=timezone.now())


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_ORIGINS = site.origins("http://attune.example:8000")
    settings.SITE_HOSTS = site.host_headers(settings.SITE_ORIGINS)


async def is_accepted(session, host: str, origin: str | None) -> bool:
    teacher = await sync_to_async(session.course.teachers.get)()
    async with teacher_socket(session, teacher, host=host, origin=origin) as socket:
        return socket.accepted


async def test_own_page_opens_a_socket(session):
    assert await is_accepted(session, "attune.example:8000", "http://attune.example:8000")


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "",
        "attune.example",
        "http://attune.example",
        "http://attune.example:8001",
        "https://attune.example:8000",
        "http://attune.example:8000.evil.example",
        "http://evil.example/?http://attune.example:8000",
        "http://attune.example:8000@evil.example",
        "http://sub.attune.example:8000",
        "http://evil.example:8000",
        "file://",
    ],
)
async def test_page_of_another_origin_is_rejected_in_the_handshake(session, origin):
    assert not await is_accepted(session, "attune.example:8000", origin)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "attune.example",
        "attune.example:8001",
        "ATTUNE.example:8000",
        "evil.example:8000",
        "attune.example:8000@evil",
    ],
)
async def test_host_that_is_not_the_site_s_is_rejected_in_the_handshake(session, host):
    assert not await is_accepted(session, host, "http://attune.example:8000")


HOST, ORIGIN = (b"host", b"attune.example:8000"), (b"origin", b"http://attune.example:8000")


@pytest.mark.parametrize(
    "headers",
    [
        [HOST, HOST, ORIGIN],
        [HOST, ORIGIN, ORIGIN],
        [HOST, (b"host", b"evil.example"), ORIGIN],
        [HOST, (b"origin", b"http://evil.example"), ORIGIN],
    ],
)
def test_header_sent_twice_is_rejected(headers):
    assert is_from_this_site([HOST, ORIGIN])
    assert not is_from_this_site(headers)
