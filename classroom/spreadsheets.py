"""Text that a spreadsheet would run as a formula, and how files keep it from running."""

import re
from typing import TypeVar

Cell = TypeVar("Cell")

# East Asian spreadsheets also accept full-width signs. Locales with a decimal comma separate cells by semicolons, and
# there quotes protect only a cell at the start of a line.
FORMULA = re.compile(r"(^|[;\t\r\n])(?=\s*[=+\-@＝＋－＠]|[\t\r\n])")


def escape_formula(cell: Cell) -> Cell | str:
    """Return text with an apostrophe in front of whatever would run; anything else as it is."""
    return FORMULA.sub(r"\1'", cell) if isinstance(cell, str) else cell


def is_formula(text: str) -> bool:
    return FORMULA.search(text) is not None
