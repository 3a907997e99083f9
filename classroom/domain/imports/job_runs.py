"""The two runs of an administrator's import: the check of its files, and the import itself."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.bulk_changes import ChangedMeanwhile
from accounts.models import User
from classroom.domain.imports.bundles import read_zip
from classroom.domain.imports.columns import Kind
from classroom.domain.imports.files import ZIP, Unreadable
from classroom.domain.imports.former_addresses import notify_former_addresses
from classroom.domain.imports.jobs import (
    File,
    Job,
    Summary,
    delete_files,
    fail_job,
    file_content,
    load_job,
    reopen,
    save_job,
    save_progress,
    save_rows,
)
from classroom.domain.imports.oneroster import FILES, MANIFEST, read_bundle
from classroom.domain.imports.plan import Plan, plan_import
from classroom.domain.imports.tables import Table, read_table

logger = logging.getLogger(__name__)
REPORT_EVERY_ROWS = 100


def check(job_id: str) -> None:
    """Read the files and report the outcome of each row."""
    job = load_job(job_id)
    if job is None or job.state != "checking":
        return
    with _reporting_failures(job):
        plan, file_indexes = _plan(job)
        _report(job, plan, file_indexes)
        job.state = "checked"
        save_job(job)


def run(job_id: str, *, now: datetime) -> None:
    """Import the confirmed files, unless the outcome has changed since the check. Then delete the files."""
    job = load_job(job_id)
    if job is None or job.state != "importing":
        return
    shown = [summary.totals for summary in job.summaries]
    plan = None
    with _reporting_failures(job):
        plan, file_indexes = _plan(job)
        try:
            if plan is None or plan.totals != shown:
                raise ChangedMeanwhile
            plan.write(now=now)
        except ChangedMeanwhile:
            _report(job, plan, file_indexes)
            message = _("People or courses have changed since the check. Nothing was imported; check the rows again.")
            reopen(job, message)
            return
        job.state, job.created = "imported", [user.pk for user in plan.new_people]
        save_job(job)
        delete_files(job)
    if plan and job.state == "imported":
        notify_former_addresses(plan)


@contextmanager
def _reporting_failures(job: Job) -> Iterator[None]:
    """Use the administrator's language, and log failures without the contents of the files."""
    with translation.override(job.language):
        try:
            yield
        except Exception as error:
            # An error's own text, for instance that of a constraint, may quote a row.
            frames = "".join(traceback.format_tb(error.__traceback__))
            logger.error("An import failed with %s:\n%s", type(error).__name__, frames)
            fail_job(job, _("Something went wrong on the server. Nothing was imported."))


def _plan(job: Job) -> tuple[Plan | None, dict[int, int]]:
    """Return the plan, or None if a file cannot be read, and the index of each table's file, by the table's id()."""
    tables: list[Table] = []
    file_indexes: dict[int, int] = {}
    for index, file in enumerate(job.files):
        try:
            found = _read(file, file_content(job, index))
        except Unreadable as error:
            file.problem = str(error)
        else:
            file.problem = ""
            tables += found
            file_indexes |= {id(table): index for table in found}
    if job.problems:
        return None, file_indexes
    total, done = sum(len(table.records) for table in tables), 0

    def progress(rows: int) -> None:
        nonlocal done
        done += rows
        if done % REPORT_EVERY_ROWS == 0:
            save_progress(job, done, total)

    save_progress(job, 0, total)
    plan = plan_import(tables, actor=User.objects.get(pk=job.user), progress=progress)
    save_progress(job, total, total)
    return plan, file_indexes


def _read(file: File, content: bytes | None) -> list[Table]:
    """Raises Unreadable."""
    if content is None:
        raise Unreadable(_("The file is no longer kept. Upload it again."))
    if content.startswith(ZIP):
        contents = read_zip(content, FILES)
        if MANIFEST in contents:
            return read_bundle(contents, name=file.name)
    return [read_table(content, name=file.name, kind=Kind(file.kind) if file.kind else None, reading=file.reading)]


def _report(job: Job, plan: Plan | None, file_indexes: dict[int, int]) -> None:
    files = plan.files if plan else []
    job.summaries = [
        Summary(
            file=file_indexes[id(each.table)],
            kind=each.table.kind.value,
            name=each.table.name,
            how_read=each.table.how_read,
            totals=each.totals,
        )
        for each in files
    ]
    save_rows(job, [(index, row) for index, each in enumerate(files) for row in each.outcomes])
