"""An administrator's import between the upload and its end: the files, the progress, and the outcome of each row.

All of this is in the cache for at most an hour, and in no backup or log. Only the administrator who uploaded the files
sees it.
"""

import secrets
import time
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from django.core.cache import cache
from django.utils.translation import gettext as _

from accounts.models import User
from classroom.domain.imports.columns import Kind
from classroom.domain.imports.files import Encoding, Separator
from classroom.domain.imports.outcomes import Outcome, RowOutcome
from classroom.domain.imports.tables import Reading

KEPT_S = 3600
# The process that worked on an import has died if there is no progress for this long.
STALLED_S = 180


@dataclass
class File:
    """An upload, and how the administrator wants it read. Empty choices are detected."""

    name: str
    kind: str = ""
    encoding: str = ""
    separator: str = ""
    problem: str = ""

    @property
    def reading(self) -> Reading:
        encoding = Encoding(self.encoding) if self.encoding else None
        return Reading(encoding, Separator(self.separator) if self.separator else None)


@dataclass
class Summary:
    """A table of the import: `file` is the index of its file, `totals` are rows by outcome."""

    file: int
    kind: str
    name: str
    how_read: str
    totals: dict[str, int]

    @property
    def label(self) -> str:
        return str(Kind(self.kind).label)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """Return the labels of the outcomes that occur, and how many rows have each."""
        return [(str(Outcome(name).label), count) for name, count in self.totals.items() if count]


@dataclass
class Job:
    id: str
    user: int
    language: str
    uploaded_at: float
    files: list[File]
    # checking, checked, importing, imported or failed
    state: str = "checking"
    message: str = ""
    summaries: list[Summary] = field(default_factory=list)
    # The ids of the accounts that the import created.
    created: list[int] = field(default_factory=list)

    @property
    def is_busy(self) -> bool:
        return self.state in ("checking", "importing")

    @property
    def is_possible(self) -> bool:
        refused = any(summary.totals[Outcome.REFUSED] for summary in self.summaries)
        return self.state == "checked" and bool(self.summaries) and not refused and not self.problems

    @property
    def problems(self) -> list[File]:
        return [file for file in self.files if file.problem]

    def total(self, outcome: str) -> int:
        return sum(summary.totals[outcome] for summary in self.summaries)


def create_job(*, user: User, uploads: Sequence[tuple[str, bytes]], language: str) -> Job:
    """Keep the files. The administrator's earlier import, if there is one, is discarded."""
    if former := job_of(user):
        discard(former)
    files = [File(name) for name, _content in uploads]
    job = Job(secrets.token_urlsafe(16), user.pk, language, time.time(), files)
    for index, (_name, content) in enumerate(uploads):
        cache.set(f"import-file:{job.id}:{index}", b64encode(content).decode(), KEPT_S)
    save_job(job)
    cache.set(f"import-of:{user.pk}", job.id, KEPT_S)
    return job


def find_job(job_id: str, user: User) -> Job | None:
    job = load_job(job_id)
    return job if job and job.user == user.pk else None


def job_of(user: User) -> Job | None:
    """Return the administrator's last import, if it is still kept."""
    job_id = cache.get(f"import-of:{user.pk}")
    return find_job(job_id, user) if job_id else None


def discard(job: Job) -> None:
    delete_files(job)
    kept = ("import", "import-rows", "import-progress", "import-confirmed")
    cache.delete_many([f"{name}:{job.id}" for name in kept])


def read_again(job: Job, *, index: int, kind: str, encoding: str, separator: str) -> bool:
    """Check one of the files again with other choices. Return False if a check or an import is in progress."""
    if job.state not in ("checked", "failed"):
        return False
    file = job.files[index]
    file.kind, file.encoding, file.separator = kind, encoding, separator
    cache.delete(f"import-confirmed:{job.id}")  # a failed import can be confirmed again
    job.state, job.message, job.summaries = "checking", "", []
    save_job(job)
    return True


def confirm(job: Job) -> bool:
    """Confirm the import if no row is refused. Return True for only one of several concurrent requests."""
    if not job.is_possible or not cache.add(f"import-confirmed:{job.id}", 1, KEPT_S):
        return False
    job.state = "importing"
    save_job(job)
    return True


def reopen(job: Job, message: str) -> None:
    """Ask the administrator to confirm the import again, with a message."""
    cache.delete(f"import-confirmed:{job.id}")
    job.state, job.message = "checked", message
    save_job(job)


def progress_of(job: Job) -> tuple[int, int]:
    """Return how many rows are done, of how many. Marks the job as failed if nothing is working on it."""
    done, rows, at = cache.get(f"import-progress:{job.id}") or (0, 0, job.uploaded_at)
    if job.is_busy and time.time() - at > STALLED_S:
        fail_job(job, _("The server stopped during the import. Nothing was imported."))
    return done, rows


def rows_of(job: Job) -> list[tuple[int, RowOutcome]]:
    """Return the index of the summary, and the outcome, for every row."""
    rows = cache.get(f"import-rows:{job.id}") or []
    return [(index, RowOutcome(line, Outcome(kind), who, tuple(why))) for index, line, kind, who, why in rows]


def load_job(job_id: str) -> Job | None:
    stored = cache.get(f"import:{job_id}")
    if stored is None:
        return None
    files = [File(**each) for each in stored.pop("files")]
    return Job(**stored | {"files": files, "summaries": [Summary(**each) for each in stored["summaries"]]})


def save_job(job: Job) -> None:
    """Keep the job for what is left of its hour."""
    cache.set(f"import:{job.id}", asdict(job), _seconds_left(job))


def fail_job(job: Job, message: str) -> None:
    job.state, job.message = "failed", message
    save_job(job)


def file_content(job: Job, index: int) -> bytes | None:
    content = cache.get(f"import-file:{job.id}:{index}")
    return None if content is None else b64decode(content)


def delete_files(job: Job) -> None:
    cache.delete_many([f"import-file:{job.id}:{index}" for index in range(len(job.files))])


def save_progress(job: Job, done: int, rows: int) -> None:
    cache.set(f"import-progress:{job.id}", (done, rows, time.time()), _seconds_left(job))


def save_rows(job: Job, rows: list[tuple[int, RowOutcome]]) -> None:
    stored = [[index, row.line, row.outcome.value, row.subject, list(row.details)] for index, row in rows]
    cache.set(f"import-rows:{job.id}", stored, _seconds_left(job))


def _seconds_left(job: Job) -> int:
    return max(1, int(KEPT_S - (time.time() - job.uploaded_at)))
