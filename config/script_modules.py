"""The imports of our JavaScript modules. tests/js/modules.test.js keeps their imports to the form that is read here."""

import re
from functools import cache
from pathlib import Path

# Statements begin a line, and end it with the address.
IMPORT = re.compile(r"""^(?:import|export)\b[^;'"]*["'](\.[^"']+)["'];$""", re.MULTILINE)


def imported_by(module: Path) -> list[Path]:
    """Return what a module imports itself, in order."""
    return [(module.parent / address).resolve() for address in IMPORT.findall(module.read_text())]


@cache
def module_graph(entry: Path) -> tuple[Path, ...]:
    """Return all that a module imports, directly or not, each once, nearest first; files are read once a process."""
    found: dict[Path, None] = {}
    level = imported_by(entry)
    while level:
        new = [module for module in dict.fromkeys(level) if module not in found]
        found.update(dict.fromkeys(new))
        level = [imported for module in new for imported in imported_by(module)]
    return tuple(found)
