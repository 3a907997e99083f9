"""Posts messages to webhooks' addresses. accounts/outgoing.py allows only those on the public internet."""

from collections.abc import Mapping
from dataclasses import dataclass

import requests

from accounts.outgoing import NoAddress, NotPublic, PublicSession


@dataclass(frozen=True)
class Answer:
    """The answer's status, or without one, `problem`: a value of models.WebhookProblem."""

    status: int | None = None
    problem: str = ""


def post(url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
    """Does not follow redirects, or read the body of the answer."""
    try:
        with PublicSession() as session:
            response = session.post(url, data=body, headers=dict(headers), allow_redirects=False, stream=True)
            return Answer(status=response.status_code)
    except requests.exceptions.InvalidURL:
        return Answer(problem="private")
    except requests.exceptions.SSLError:
        return Answer(problem="tls")
    except requests.Timeout:
        return Answer(problem="timeout")
    except requests.RequestException as error:
        return Answer(problem=_problem(error))


def _problem(error: requests.RequestException) -> str:
    cause = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(cause, NoAddress):
        return "unresolved"
    return "private" if isinstance(cause, NotPublic) else "connection"
