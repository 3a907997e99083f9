"""Tickets that let one user's request have a large body for an hour.

The server must decide while a body arrives, and a database query for the sign-in would then block everybody else. A
signed ticket in the URL needs no query, and nobody else can create one.
"""

from django.core.signing import BadSignature, TimestampSigner

LIFETIME_S = 3600
_signer = TimestampSigner(salt="classroom.upload")


def issue_ticket(user_id: int) -> str:
    return _signer.sign(str(user_id))


def holder_of(ticket: str) -> int | None:
    """Return the id of the user to whom the ticket was issued, or None if it is invalid or has expired."""
    try:
        return int(_signer.unsign(ticket, max_age=LIFETIME_S))
    except (BadSignature, ValueError):
        return None
