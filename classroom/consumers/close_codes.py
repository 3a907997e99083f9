"""The reasons for closing a socket, which the page explains. See docs/protocol.md."""

# The page reconnects after these two. Not 1011 and 1012, because daphne may not send codes between 1000 and 3000.
FAILED = 4500
TRY_AGAIN = 4503

MALFORMED = 4400
NOT_SIGNED_IN = 4401
FORBIDDEN = 4403
NOT_FOUND = 4404
REPLACED = 4409
ENDED = 4410
FLOOD = 4429
