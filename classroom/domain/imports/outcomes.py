"""The outcome of each row of an import, in words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Outcome(TextChoices):
    NEW = "new", _("new")
    CHANGED = "changed", _("changed")
    REMOVED = "removed", _("removed")
    UNCHANGED = "unchanged", _("unchanged")
    REFUSED = "refused", _("refused")


@dataclass(frozen=True)
class RowOutcome:
    """The outcome of the row in `line`, about `subject`. `details` has the changes, or why the row is refused."""

    line: int
    outcome: Outcome
    subject: str
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        words = f"{self.outcome.label}: {self.subject}" if self.subject else str(self.outcome.label)
        return f"{words} ({'; '.join(self.details)})" if self.details else words


def totals(outcomes: Iterable[RowOutcome]) -> dict[str, int]:
    """Return the number of rows by outcome, for all outcomes."""
    counts = Counter(row.outcome for row in outcomes)
    return {outcome.value: counts[outcome] for outcome in Outcome}
