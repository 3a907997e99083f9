"""FER-2013 in its common forms: pictures in folders, or the challenge's CSV; packed or not.

    train/<expression>/Training_*.jpg    Kaggle's msambare/fer2013; the prefix names the split, not the folder
    Training/<expression>/*.png          repacks that name the split in a folder
    fer2013.csv, icml_face_data.csv      columns emotion (an index of CSV_EXPRESSIONS), pixels, Usage (the prefix)

Each may be in a zip, a tar or a folder. Case, spaces around a column's name, a byte-order mark and the delimiter do not
matter. A form whose splits or expressions cannot be determined is refused.
"""

import csv
import io
import lzma
import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import cv2
import numpy as np
from numpy.typing import NDArray

from emotions.preprocessing import FACE_SIDE

PREFIXES: dict[str, str] = {"train": "Training", "validation": "PublicTest", "test": "PrivateTest"}
CSV_EXPRESSIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png")
ARCHIVE_SUFFIXES = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar")
COLUMNS = ("emotion", "pixels", "usage")
EXPRESSION_NAMES = {
    **{name: name for name in CSV_EXPRESSIONS},
    **{"anger": "angry", "disgusted": "disgust", "fearful": "fear", "happiness": "happy", "sadness": "sad"},
    **{"surprised": "surprise"},
}
WHAT_TO_DO = "Use Kaggle's msambare/fer2013, as a zip or a folder, or fer2013.csv."

# Damaged files raise one of these. zipfile raises RuntimeError for an encrypted member.
UNREADABLE = (
    *(OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, tarfile.TarError, RuntimeError, csv.Error),
    UnicodeError,
)

# A file's name, the name of its expression, and the face, or None for a file that is not an image.
FerFace = tuple[str, str, NDArray[np.uint8] | None]
# The files in a source by name, each with a function that opens it to read bytes.
Files = Mapping[str, Callable[[], Any]]


class DatasetError(ValueError):
    """The data cannot be used; the message says why."""


def read_faces(source: Path, prefix: str) -> Iterator[FerFace]:
    """Yield the faces of the split with this prefix, ordered by file name. Raises DatasetError."""
    if not source.exists():
        raise DatasetError(f"{source} does not exist.")
    try:
        with _files(source) as files:
            images = {name: split for name in sorted(files) if (split := _split_of_image(name)) is not None}
            if any(images.values()):
                for name in (name for name, split in images.items() if split == prefix):
                    with files[name]() as file:
                        yield name, _expression(name), _decoded(file.read())
            else:
                with files[_table(source, files)]() as file:
                    yield from _read_table(file, prefix)
    except UNREADABLE as error:
        raise DatasetError(f"{source} cannot be read: {error}.") from error


@contextmanager
def _files(source: Path) -> Iterator[Files]:
    """Raises DatasetError for a source that is none of the forms."""
    if source.is_dir():
        folders = os.walk(source, onerror=_raise)
        paths = [path for folder, _, names in folders for name in names if (path := Path(folder, name)).is_file()]
        yield {path.relative_to(source).as_posix(): partial(path.open, "rb") for path in paths}
    elif zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            names = [member.filename for member in archive.infolist() if not member.is_dir()]
            yield {name: partial(archive.open, name) for name in names}
    elif source.suffix.lower() == ".csv":
        yield {source.name: partial(source.open, "rb")}
    elif tarfile.is_tarfile(source):
        # A packed tar can only be read from the beginning, so its files are read once, in order.
        with tarfile.open(source) as tar:
            contents = {member.name: file.read() for member in tar if (file := tar.extractfile(member))}
            _check_end(tar)
        yield {name: partial(io.BytesIO, content) for name, content in contents.items()}
    else:
        raise DatasetError(f"{source} is neither a zip nor a folder nor a tar nor a CSV of FER-2013. {WHAT_TO_DO}")


def _raise(error: OSError) -> None:
    raise error


def _check_end(tar: tarfile.TarFile) -> None:
    """Raise tarfile.ReadError unless the tar ends as it should after its last member. tarfile takes damage between two
    members for the end, and leaves out the rest."""
    file: Any = tar.fileobj
    file.seek(tar.offset)
    if file.read(tarfile.BLOCKSIZE) != tarfile.NUL * tarfile.BLOCKSIZE:
        raise tarfile.ReadError("it is damaged or truncated")
    while file.read(1 << 20):  # the end of a packed file has its checksum
        pass


def _split_of_image(name: str) -> str | None:
    """Return the prefix of an image's split, '' if nothing names it, or None for another file."""
    path = PurePosixPath(name)
    # Macs add a file "._name" to archives for each file.
    if path.suffix.lower() not in IMAGE_SUFFIXES or path.name.startswith("._"):
        return None
    prefixes = {prefix.lower(): prefix for prefix in PREFIXES.values()}
    candidates = [path.name.split("_")[0], *reversed(path.parts[:-1])]
    return next((prefixes[each.lower()] for each in candidates if each.lower() in prefixes), "")


def _expression(name: str) -> str:
    """Return the expression that one of the file's folders names, or else the name of its folder."""
    folders = PurePosixPath(name).parts[-2::-1]
    known = (EXPRESSION_NAMES[folder.lower()] for folder in folders if folder.lower() in EXPRESSION_NAMES)
    return next(known, folders[0] if folders else "")


def _table(source: Path, files: Files) -> str:
    """Return the name of the only CSV with all columns. Raises a DatasetError that says what is there instead."""
    tables: dict[str, list[str]] = {}
    for name in sorted(files):
        if name.lower().endswith(".csv") and "__MACOSX" not in name:
            with files[name]() as file:
                tables[name] = list(_rows(file).fieldnames or ())
    whole = [name for name, columns in tables.items() if set(COLUMNS) <= set(columns)]
    if len(whole) == 1:
        return whole[0]
    images = (name for name in sorted(files) if _split_of_image(name) is not None)
    archives = (name for name in sorted(files) if name.lower().endswith(ARCHIVE_SUFFIXES))
    if whole:
        seen = f"{source} has several CSVs of FER-2013: {', '.join(whole)}. Name one of them."
    elif first := next(images, None):
        seen = (
            f"{source} has images such as {first}, and neither their names nor their folders say whether they are of "
            f"{', '.join(PREFIXES.values())}; such repacks mix them. {WHAT_TO_DO}"
        )
    elif tables:
        name, columns = next(iter(tables.items()))
        seen = (
            f"{source} has no columns emotion, pixels and Usage, as fer2013.csv has; {name} has "
            f"{', '.join(columns) or 'none'}. {WHAT_TO_DO}"
        )
    elif first := next(archives, None):
        seen = f"{source} has another archive in it, {first}. Unpack it and name that one."
    else:
        kinds = sorted({PurePosixPath(name).suffix.lower() for name in files} - {""})
        seen = f"{source} has neither images nor a CSV of FER-2013, but {', '.join(kinds) or 'nothing'}. {WHAT_TO_DO}"
    raise DatasetError(seen)


def _rows(file: BinaryIO) -> "csv.DictReader[str]":
    """Return the rows of a CSV, keyed by column names, stripped and in lower case."""
    lines = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    header = lines.readline()
    delimiter = max(",;\t", key=header.count)
    columns = [column.strip().lower() for column in next(csv.reader([header], delimiter=delimiter), [])]
    return csv.DictReader(lines, columns, delimiter=delimiter)


def _read_table(file: BinaryIO, prefix: str) -> Iterator[FerFace]:
    numbers = {str(number): expression for number, expression in enumerate(CSV_EXPRESSIONS)}
    known = EXPRESSION_NAMES | numbers
    for index, row in enumerate(_rows(file)):
        if (row["usage"] or "").strip().lower() != prefix.lower():
            continue
        try:
            values = [int(value) for value in (row["pixels"] or "").split()]
        except ValueError:
            values = []
        complete = len(values) == FACE_SIDE**2 and 0 <= min(values) <= max(values) <= 255
        face = np.array(values, dtype=np.uint8).reshape(FACE_SIDE, FACE_SIDE) if complete else None
        emotion = (row["emotion"] or "").strip()
        yield f"{prefix}_{index:05}", known.get(emotion.lower(), emotion), face


def _decoded(data: bytes) -> NDArray[np.uint8] | None:
    if not data:
        return None
    try:
        face = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error:  # a header that claims more pixels than OpenCV takes
        return None
    if face is not None and face.shape != (FACE_SIDE, FACE_SIDE):
        face = cv2.resize(face, (FACE_SIDE, FACE_SIDE), interpolation=cv2.INTER_AREA)
    return None if face is None else np.asarray(face, dtype=np.uint8)
