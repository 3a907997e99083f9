"""Opens a bundle of CSV files (a folder or a ZIP archive) without writing anything to disk."""

import io
import lzma
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.utils.translation import gettext as _

from classroom.domain.imports.files import Unreadable

MAX_ENTRIES = 100
# A damaged or encrypted archive, or one of an unknown kind, raises one of these.
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, EOFError, ValueError, RuntimeError),
    OSError,
)
# Text shrinks to about a tenth in an archive, and a bundle has columns that nobody needs.
UNPACKED_FACTOR = 4


def max_unpacked_bytes() -> int:
    return UNPACKED_FACTOR * settings.IMPORT_MAX_BYTES


def read_folder(folder: Path, names: Collection[str]) -> dict[str, bytes]:
    """Return the contents of those files that exist. Raises Unreadable."""
    files = {name: folder / name for name in names if (folder / name).is_file()}
    if sum(file.stat().st_size for file in files.values()) > max_unpacked_bytes():
        raise Unreadable(_too_large())
    return {name: file.read_bytes() for name, file in files.items()}


def read_zip(content: bytes, names: Collection[str]) -> dict[str, bytes]:
    """Return the contents of those files that are in the archive, at its top level or in one folder.

    Raises Unreadable.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read_entries(archive, names)
    except UNREADABLE as error:
        raise Unreadable(_("The ZIP archive is damaged, encrypted or of an unknown kind.")) from error


def _read_entries(archive: zipfile.ZipFile, names: Collection[str]) -> dict[str, bytes]:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise Unreadable(_("The ZIP archive has more than %(count)s entries.") % {"count": MAX_ENTRIES})
    contents: dict[str, bytes] = {}
    left = max_unpacked_bytes()
    for entry in entries:
        path = PurePosixPath(entry.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in entry.orig_filename or ":" in entry.filename:
            raise Unreadable(_("The ZIP archive has an entry with an unsafe path. Nothing was read."))
        if path.name not in names or len(path.parts) > 2 or path.parts[0] == "__MACOSX":
            continue
        if path.name in contents:
            raise Unreadable(_("The ZIP archive has the file %(name)s twice.") % {"name": path.name})
        # An entry may state a wrong size.
        with archive.open(entry) as file:
            contents[path.name] = file.read(left + 1)
        left -= len(contents[path.name])
        if left < 0:
            raise Unreadable(_too_large())
    return contents


def _too_large() -> str:
    megabytes = max_unpacked_bytes() // 1024**2
    return _("The files of the bundle are larger than %(megabytes)s MB together.") % {"megabytes": megabytes}
