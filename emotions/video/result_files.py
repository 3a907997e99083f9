"""Readings as a file, one line per frame and face: CSV for spreadsheets, JSON lines for programs."""

import csv
import json
from pathlib import Path
from typing import Any, TextIO

from emotions.labels import EXPRESSIONS, by_name
from emotions.video.tracking import FollowedFace
from emotions.video.watch import Seen

COLUMNS = ("frame", "time_s", "file", "id", "x", "y", "width", "height", "score", "expression", "uncertain")

# A spreadsheet runs a cell that begins with one of these.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class ReadingFile:
    """The file itself: begun with the first frame, flushed after every line. Replaced when it exists.

    Raises OSError.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None

    def take(self, seen: Seen) -> None:
        file = self._file or self._begun()
        for followed in seen.faces:
            file.write(self._line(seen, followed))

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _begun(self) -> TextIO:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # File names need not be valid text; buffering by the line keeps what was read if the process is killed.
        self._file = self._path.open("w", encoding="utf-8", errors="backslashreplace", newline="", buffering=1)
        self._file.write(self._head())
        return self._file

    def _head(self) -> str:
        return ""

    def _line(self, seen: Seen, followed: FollowedFace) -> str:
        raise NotImplementedError


class CsvReadings(ReadingFile):
    """COLUMNS, then the seven probabilities. Boxes in pixels, times in seconds; what is not known is empty."""

    def _head(self) -> str:
        return _csv_line([*COLUMNS, *EXPRESSIONS])

    def _line(self, seen: Seen, followed: FollowedFace) -> str:
        reading = _reading(seen, followed)
        cells = {**reading, **reading["probabilities"], **dict(zip(COLUMNS[4:8], reading["box"], strict=True))}
        return _csv_line([_safe(cells[column]) for column in (*COLUMNS, *EXPRESSIONS)])


class JsonLinesReadings(ReadingFile):
    """One object a line: the columns of the CSV, box as [x, y, width, height], probabilities by expression."""

    def _line(self, seen: Seen, followed: FollowedFace) -> str:
        return json.dumps(_reading(seen, followed), ensure_ascii=False) + "\n"


READING_FILES: dict[str, type[ReadingFile]] = {".csv": CsvReadings, ".jsonl": JsonLinesReadings}


def _reading(seen: Seen, followed: FollowedFace) -> dict[str, Any]:
    face = followed.face
    return {
        "frame": seen.shot.number,
        "time_s": round(seen.shot.time_s, 3),
        "file": seen.shot.file or None,
        "id": followed.id,
        "box": [round(value, 1) for value in face.box],
        "score": round(face.score, 4),
        "expression": None if face.uncertain else face.expression,
        "uncertain": face.uncertain,
        "probabilities": {name: round(value, 4) for name, value in by_name(face.probabilities).items()},
    }


class _Lines(list[str]):
    """What csv writes to."""

    def write(self, text: str) -> None:
        self.append(text)


def _csv_line(cells: list[Any]) -> str:
    lines = _Lines()
    csv.writer(lines, lineterminator="\n").writerow(cells)
    return "".join(lines)


def _safe(cell: Any) -> Any:
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return "" if cell is None else cell
