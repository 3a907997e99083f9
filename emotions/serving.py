"""The process's single recogniser, and whether it is ready.

Importing this loads neither OpenCV nor LiteRT, so that a web process can check the state.
"""

import os
import threading
from typing import TYPE_CHECKING, Literal

from django.conf import settings

if TYPE_CHECKING:
    from emotions.recognition import Recogniser

State = Literal["not loaded", "loaded", "broken"]

_lock = threading.Lock()
_shared: "Recogniser | None" = None
_state: State = "not loaded"


def recogniser() -> "Recogniser":
    """Return the process's recogniser, built on the first call from EMOTION_MODEL and FACE_DETECTOR.

    Raises what Recogniser raises.
    """
    global _shared
    from emotions.recognition import Recogniser  # noqa: PLC0415  # loads OpenCV and LiteRT

    with _lock:
        if _shared is None:
            _shared = Recogniser(_setting("EMOTION_MODEL", ""), _setting("FACE_DETECTOR", "blazeface"))
    return _shared


def warm() -> None:
    """Load everything and run it once, so that no student's first snapshot waits for it.

    Raises what Recogniser raises.
    """
    global _state
    try:
        recogniser().warm_up()
    except Exception:
        _state = "broken"
        raise
    _state = "loaded"


def state() -> State:
    """Return how the last `warm` of this process ended."""
    return _state


def _setting(name: str, default: str) -> str:
    """Return a setting, or the default if Django is not configured."""
    # A notebook or script uses the defaults.
    if settings.configured or os.environ.get("DJANGO_SETTINGS_MODULE"):
        return str(getattr(settings, name, default))
    return default
