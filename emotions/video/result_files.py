"""Readings in a file, one line per frame and face: CSV for spreadsheets, JSON lines for programs."""

import csv
import io
import json
from pathlib import Path
from typing import Any, TextIO

from emotions.labels import EXPRESSIONS, by_name
from emotions.video.tracking import TrackedFace
from emotions.video.watch import FrameResult

COLUMNS = ("frame", "time_s", "file", "id", "x", "y", "width", "height", "score", "expression", "uncertain")

# A spreadsheet runs a cell that starts with one of these as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class ReadingFile:
    """A file that the first frame creates, flushed after every line. An existing file is replaced. Raises OSError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None

    def write(self, result: FrameResult) -> None:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # File names may be invalid text; line buffering saves the readings so far if the process is killed.
            self._file = self._path.open("w", encoding="utf-8", errors="backslashreplace", newline="", buffering=1)
            self._file.write(self._header())
        for tracked in result.faces:
            self._file.write(self._line(result, tracked))

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _header(self) -> str:
        return ""

    def _line(self, result: FrameResult, tracked: TrackedFace) -> str:
        raise NotImplementedError


class CsvReadings(ReadingFile):
    """COLUMNS, then the seven probabilities. Boxes in pixels, times in seconds; unknown values are empty."""

    def _header(self) -> str:
        return _csv_line([*COLUMNS, *EXPRESSIONS])

    def _line(self, result: FrameResult, tracked: TrackedFace) -> str:
        reading = _reading(result, tracked)
        cells = {**reading, **reading["probabilities"], **dict(zip(COLUMNS[4:8], reading["box"], strict=True))}
        return _csv_line([cells[column] for column in (*COLUMNS, *EXPRESSIONS)])


class JsonLinesReadings(ReadingFile):
    """One object per line: the columns of the CSV, the box as [x, y, width, height], probabilities by expression."""

    def _line(self, result: FrameResult, tracked: TrackedFace) -> str:
        return json.dumps(_reading(result, tracked), ensure_ascii=False) + "\n"


READING_FILES: dict[str, type[ReadingFile]] = {".csv": CsvReadings, ".jsonl": JsonLinesReadings}


def _reading(result: FrameResult, tracked: TrackedFace) -> dict[str, Any]:
    face = tracked.face
    return {
        "frame": result.shot.number,
        "time_s": round(result.shot.time_s, 3),
        "file": result.shot.file or None,
        "id": tracked.id,
        "box": [round(value, 1) for value in face.box],
        "score": round(face.score, 4),
        "expression": None if face.uncertain else face.expression,
        "uncertain": face.uncertain,
        "probabilities": {name: round(value, 4) for name, value in by_name(face.probabilities).items()},
    }


def _csv_line(cells: list[Any]) -> str:
    line = io.StringIO()
    safe = [f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell for cell in cells]
    csv.writer(line, lineterminator="\n").writerow(safe)
    return line.getvalue()
