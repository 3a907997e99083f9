"""Every model, field by field: what it holds about a person, why, how long, and how they download and erase it.

A test fails when a model or a field of an installed app is missing. The download, erasure, the privacy page and
docs/privacy.md use this registry.
"""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from classroom.domain.personal_data import (
    account_models,
    class_models,
    lti_models,
    published_models,
    sign_in_models,
    webhook_models,
)
from classroom.domain.personal_data.declarations import Data, Section, kept_text

REGISTRY = (
    *account_models.DECLARATIONS,
    *sign_in_models.DECLARATIONS,
    *lti_models.DECLARATIONS,
    *class_models.DECLARATIONS,
    *published_models.DECLARATIONS,
    *webhook_models.DECLARATIONS,
)


def personal_data() -> list[Data]:
    return [data for declaration in REGISTRY for data in declaration.data]


def sections() -> list[Section]:
    """Return the sections of the download, in order."""
    return [Section(each.model, data) for each in REGISTRY for data in each.data if data.section]


def erase_section(name: str, *, user: User, now: datetime) -> int:
    """Delete the rows of one section, and what is derived from them, before their time. Return how many there were."""
    erase = next(data.erase for data in personal_data() if data.section == name)
    if erase is None:
        raise ValueError(f"{name} goes with the account only.")
    return erase(user, now)


def erase_account(user: User, *, now: datetime) -> None:
    """Delete everything about the user, and the account. Rows that must stay are unlinked from the person, as their
    declarations say. Requires a transaction."""
    for data in personal_data():
        if data.erase:
            data.erase(user, now)
    user.delete()


@dataclass(frozen=True)
class ProcessingRecord:
    """One kind of data: what is kept, why, how long, and how it is erased, in the active language."""

    what: str
    why: str
    kept: str
    erased: str


def records_of_processing(*, class_days: int) -> list[ProcessingRecord]:
    """Return each kind of data of a school that keeps its classes for this many days; 0: forever."""
    return [_processing_record(data, class_days) for data in personal_data()]


def kept_about(user: User, *, class_days: int) -> list[tuple[ProcessingRecord, int]]:
    """Return each kind of data that is kept about the user, with the number of rows. One query for each kind."""
    counts = [(section.data, section.rows(user).count()) for section in sections()]
    return [(_processing_record(data, class_days), count) for data, count in counts if count]


def _processing_record(data: Data, class_days: int) -> ProcessingRecord:
    kept = kept_text(data.kept, class_days=class_days)
    return ProcessingRecord(str(data.what), str(data.why), kept, str(data.erased.label))
