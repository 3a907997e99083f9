"""The token for the simulation API. It is in a file that only the user who runs the server can read."""

import hmac
import os
import secrets
import tempfile
from pathlib import Path

from django.conf import settings


def write_token() -> None:
    """Write the token at startup. The web processes of one server share the first one's."""
    file: Path = settings.SIMULATION_TOKEN_FILE
    if file.exists() and file.stat().st_mode & 0o077:
        file.unlink()  # others may have read it
    file.parent.mkdir(parents=True, exist_ok=True)
    # Write under another name first, so that no process reads half of it. The mode of a temporary file is 0600.
    handle, written = tempfile.mkstemp(dir=file.parent)
    try:
        with os.fdopen(handle, "w") as new:
            new.write(secrets.token_urlsafe(32))
        if not file.exists():
            os.link(written, file)
    except FileExistsError:
        pass  # another process was faster
    finally:
        os.unlink(written)


def is_valid(token: str) -> bool:
    """Return whether this is the file's token. Return False if there is no file."""
    file: Path = settings.SIMULATION_TOKEN_FILE
    return file.exists() and hmac.compare_digest(token.encode(), file.read_bytes())
