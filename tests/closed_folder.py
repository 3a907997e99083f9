"""A folder that this process may not list, also if the tests run as root."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65_534


@contextmanager
def folder_for_all() -> Iterator[Path]:
    """A folder that every user may list; pytest's are for one user."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def closed(folder: Path, mode: int = 0o000) -> Iterator[None]:
    """Close the folder to this process: nothing is closed to root, so it becomes nobody meanwhile."""
    is_root = os.geteuid() == 0
    folder.chmod(mode)
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(0o755)
