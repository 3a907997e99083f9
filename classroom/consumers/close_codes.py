"""Why a socket was closed, for the page to explain. See docs/architecture.md."""

# The page tries again after these two. Not 1011 and 1012: daphne may send none between 1000 and 3000.
FAILED = 4500
TRY_AGAIN = 4503

MALFORMED = 4400
NOT_SIGNED_IN = 4401
FORBIDDEN = 4403
NO_SUCH_SESSION = 4404
REPLACED = 4409
ENDED = 4410
FLOOD = 4429
