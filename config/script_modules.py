"""The imports of our JavaScript modules. tests/js/modules.test.js keeps them in the form that is parsed here."""

import re
from functools import cache
from pathlib import Path

# A statement starts a line, and its path ends one.
IMPORT = re.compile(r"""^(?:import|export)\b[^;'"]*["'](\.[^"']+)["'];$""", re.MULTILINE)


def imported_by(module: Path) -> list[Path]:
    """Return what a module imports directly, in order."""
    return [(module.parent / address).resolve() for address in IMPORT.findall(module.read_text())]


@cache
def module_graph(entry: Path) -> tuple[Path, ...]:
    """Return everything a module imports, directly or not, each once, nearest first. A process reads each file once."""
    found: dict[Path, None] = {}
    level = imported_by(entry)
    while level:
        new = [module for module in dict.fromkeys(level) if module not in found]
        found.update(dict.fromkeys(new))
        level = [imported for module in new for imported in imported_by(module)]
    return tuple(found)
