"""Shortcuts to plan an import of texts."""

from classroom.domain.imports.plan import Plan, plan_import
from classroom.domain.imports.tables import read_table
from tests.factories import NOW


def plan(*texts: str, **fields) -> Plan:
    return plan_import([read_table(text.encode(), name="file.csv") for text in texts], **fields)


def words(*texts: str) -> list[str]:
    """The outcome of each row in words, file by file."""
    return [f"{row.line} {row}" for file in plan(*texts).files for row in file.outcomes]


def write(*texts: str, **fields) -> Plan:
    planned = plan(*texts, **fields)
    planned.write(now=NOW)
    return planned
