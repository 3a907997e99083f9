"""Shows people a run's progress: a bar or log lines while it runs, a CSV and a chart to keep."""

import csv
import io
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from emotions.registry import HISTORY_FILE
from emotions.training.charts import CURVES_FILE, draw_curves

logger = logging.getLogger(__name__)

Row = dict[str, float]


class Report(Protocol):
    """Shows how far a run is."""

    def step(self, steps: int = 1) -> None: ...

    def line(self, text: str) -> None: ...


class LogReport:
    """Only log lines, for runs without a terminal."""

    def step(self, steps: int = 1) -> None:
        pass

    def line(self, text: str) -> None:
        logger.info(text)


class BarReport:
    """A progress bar, with the lines above it."""

    def __init__(self, bar: Progress, what: str, steps: int) -> None:
        self._bar = bar
        self._task = bar.add_task(what, total=steps)

    def step(self, steps: int = 1) -> None:
        self._bar.advance(self._task, steps)

    def line(self, text: str) -> None:
        self._bar.console.print(text)


@contextmanager
def reporting(what: str, steps: int) -> Iterator[Report]:
    """A bar on a terminal, log lines elsewhere; what: the bar's name; steps: how many remain."""
    if not sys.stderr.isatty():
        yield LogReport()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # The result of the command, such as a model's folder, is alone on the standard output.
    with Progress(*columns, console=Console(stderr=True)) as bar:
        yield BarReport(bar, what, steps)


def write_history(folder: Path, history: Sequence[Row]) -> None:
    """Write history.csv and curves.png of the epochs so far; history is not empty."""
    (folder / HISTORY_FILE).write_text(history_table(history))
    draw_curves(folder / CURVES_FILE, history)


def history_table(history: Sequence[Row]) -> str:
    """CSV with one line per epoch; history is not empty."""
    table = io.StringIO()
    writer = csv.DictWriter(table, fieldnames=list(history[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(history)
    return table.getvalue()


def read_history(table: str) -> list[Row]:
    """The rows that history_table wrote."""
    return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(io.StringIO(table))]


def epoch_line(row: Row) -> str:
    return (
        f"epoch {row['epoch']:.0f}: loss {row['loss']:.4f}, accuracy {row['accuracy']:.4f}, "
        f"validation loss {row['validation_loss']:.4f}, accuracy {row['validation_accuracy']:.4f}, "
        f"without copies {row['validation_accuracy_without_copies']:.4f}, "
        f"{row['seconds']:.0f} s"
    )
