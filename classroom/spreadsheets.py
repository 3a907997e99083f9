"""Keeps text that a spreadsheet would run as a formula from running in files."""

import re
from typing import TypeVar

Cell = TypeVar("Cell")

# East Asian spreadsheets also accept full-width signs. Locales with a decimal comma separate cells with semicolons, so
# there quotes protect only a cell at the start of a line.
FORMULA = re.compile(r"(^|[;\t\r\n])(?=\s*[=+\-@＝＋－＠]|[\t\r\n])")


def escape_formula(cell: Cell) -> Cell | str:
    """Put an apostrophe in front of text that would run, and return anything else unchanged."""
    return FORMULA.sub(r"\1'", cell) if isinstance(cell, str) else cell


def is_formula(text: str) -> bool:
    return FORMULA.search(text) is not None
