import contextlib
import re
import time
import urllib.error
import urllib.request

import pytest

from config.log_secrets import without_secrets

PATIENCE_S = 20


def lines_of_log_after(server, path: str) -> list[str]:
    """Request the path. Return what the server logs until it has logged another request."""
    already, marker = len(server.log.read_bytes()), f"/healthz?marker={time.monotonic_ns()}"
    for each in (path, marker):
        with contextlib.suppress(urllib.error.HTTPError):  # a page that does not exist
            urllib.request.urlopen(server.url + each, timeout=PATIENCE_S).close()
    end = time.monotonic() + PATIENCE_S
    while marker not in (logged := server.log.read_bytes()[already:].decode()):
        assert time.monotonic() < end, logged
        time.sleep(0.05)
    return [line for line in logged.splitlines() if "healthz" not in line]


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/accounts/password/reset/key/1-d5x0ab-SECRET/", "/accounts/password/reset/key/***/"),
        ("/accounts/confirm-email/MQ:1w0ab:SECRET/", "/accounts/confirm-email/***/"),
        ("/accounts/email/change/eyJ1c2VyIjoxfQ:1w0ab:SECRET/", "/accounts/email/change/***/"),
        ("/invitations/SECRET/", "/invitations/***/"),
        ("/courses/join/?code=SECRET", "/courses/join/?code=***"),
        ("/accounts/login/?next=/courses/join/%3Fcode%3DSECRET", "/accounts/login/?next=***"),
        ("/no-such-page/confirm-email/SECRET/x", "/no-such-page/confirm-email/***/x"),
    ],
)
def test_log_has_no_key_and_no_join_code(server, path, logged):
    lines = lines_of_log_after(server, path)
    assert any(re.search(rf'"GET {re.escape(logged)}" \d+', line) for line in lines), lines
    assert "SECRET" not in "\n".join(lines)


@pytest.mark.parametrize(
    "line", ["GET /courses/7/?page=2", "/static/js/lib/next.js", "/accounts/password/reset/key/", "next=x"]
)
def test_line_without_secrets_stays_as_it_is(line):
    assert without_secrets(line) == line
