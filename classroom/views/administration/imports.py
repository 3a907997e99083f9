"""The pages of imports. Files are uploaded, checked in the background, shown row by row, and then imported."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from kombu.exceptions import OperationalError

from accounts.browser_sessions.idle import without_renewal
from accounts.requests import SignedInRequest
from classroom.domain.imports import jobs
from classroom.domain.imports.columns import Kind
from classroom.domain.imports.files import Encoding, Separator
from classroom.domain.imports.outcomes import Outcome
from classroom.infra.upload_tickets import holder_of, issue_ticket
from classroom.tasks import imports as tasks
from classroom.views.administration.access import administrators_only
from classroom.views.administration.password_mails import send_to
from classroom.views.pagination import query_without_page

ROWS_PER_PAGE = 100
MAX_FILES = 8
P = ParamSpec("P")
View = Callable[Concatenate[SignedInRequest, P], HttpResponseBase]


def form_of_import(view: View[P]) -> View[P]:
    """A view that handles a form. A GET request (after signing in again) is redirected to the page Imports."""

    @require_http_methods(["GET", "POST"])
    @administrators_only
    @wraps(view)
    def posted(request: SignedInRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(request, *args, **kwargs) if request.method == "POST" else redirect("administration:imports")

    return posted


@require_GET
@administrators_only
def imports(request: SignedInRequest) -> HttpResponse:
    context = {
        "ticket": issue_ticket(request.user.pk),
        "job": jobs.job_of(request.user),
        "max_bytes": settings.IMPORT_MAX_BYTES,
        "max_megabytes": settings.IMPORT_MAX_BYTES // 1024**2,
        "max_rows": settings.IMPORT_MAX_ROWS,
        "kinds": Kind.choices,
    }
    return render(request, "administration/imports.html", context)


@form_of_import
def import_upload(request: SignedInRequest, ticket: str) -> HttpResponse:
    if holder_of(ticket) != request.user.pk:
        messages.error(request, _("The page was open for too long. Choose the files again."))
        return redirect("administration:imports")
    files = request.FILES.getlist("files")
    if refusal := _why_refused(files):
        messages.error(request, refusal)
        return redirect("administration:imports")
    uploads = [(file.name or "", file.read()) for file in files]
    job = jobs.create_job(user=request.user, uploads=uploads, language=get_language() or settings.LANGUAGE_CODE)
    return _start(request, tasks.check_import, job)


@require_GET
@administrators_only
def import_job(request: SignedInRequest, job_id: str) -> HttpResponse:
    job = _job(request, job_id)
    done, total = jobs.progress_of(job)
    tables = {index: [each for each in job.summaries if each.file == index] for index in range(len(job.files))}
    files = [(index, file, tables[index]) for index, file in enumerate(job.files)]
    context = {
        "job": job,
        "done": done,
        "total": total,
        "totals": [(outcome, job.total(outcome)) for outcome in Outcome],
        "files": files,
        "kinds": Kind.choices,
        "encodings": Encoding.choices,
        "separators": Separator.choices,
        **_rows(request, job),
    }
    return render(request, "administration/import.html", context)


@require_GET
@without_renewal
@administrators_only
def import_progress(request: SignedInRequest, job_id: str) -> HttpResponse:
    job = _job(request, job_id)
    done, total = jobs.progress_of(job)
    return JsonResponse({"busy": job.is_busy, "done": done, "total": total})


@form_of_import
def import_read_again(request: SignedInRequest, job_id: str) -> HttpResponse:
    """Read a file the way the administrator has chosen."""
    job = _job(request, job_id)
    index = request.POST.get("file", "")
    choices = {
        name: request.POST.get(name, "") if request.POST.get(name) in values else ""
        for name, values in (("kind", Kind.values), ("encoding", Encoding.values), ("separator", Separator.values))
    }
    if not index.isdecimal() or int(index) >= len(job.files) or not jobs.read_again(job, index=int(index), **choices):
        return redirect("administration:import", job_id)
    return _start(request, tasks.check_import, job)


@form_of_import
def import_confirm(request: SignedInRequest, job_id: str) -> HttpResponse:
    job = _job(request, job_id)
    if not jobs.confirm(job):
        return redirect("administration:import", job_id)
    return _start(request, tasks.run_import, job)


@form_of_import
def import_invite(request: SignedInRequest, job_id: str) -> HttpResponse:
    """Request mails that let the new people choose a password."""
    return send_to(request, _job(request, job_id).created)


@form_of_import
def import_discard(request: SignedInRequest, job_id: str) -> HttpResponse:
    job = _job(request, job_id)
    if job.state != "importing":
        jobs.discard(job)
        messages.success(request, _("The files are deleted."))
    return redirect("administration:imports")


def _job(request: SignedInRequest, job_id: str) -> jobs.Job:
    job = jobs.find_job(job_id, request.user)
    if job is None:
        raise Http404
    return job


def _start(request: SignedInRequest, task: Any, job: jobs.Job) -> HttpResponse:
    try:
        tasks.thread.start(task, job.id)
    except OperationalError:
        jobs.fail_job(job, _("The server cannot process this now. Nothing was imported; try again in a minute."))
    return redirect("administration:import", job.id)


def _why_refused(files: list[Any]) -> str:
    if not files:
        return _("Choose at least one file.")
    if len(files) > MAX_FILES:
        return ngettext("Choose at most %(n)s file.", "Choose at most %(n)s files.", MAX_FILES) % {"n": MAX_FILES}
    if sum(file.size for file in files) > settings.IMPORT_MAX_BYTES:
        megabytes = settings.IMPORT_MAX_BYTES // 1024**2
        return _("The files are larger than %(megabytes)s MB together. Split them.") % {"megabytes": megabytes}
    return ""


def _rows(request: SignedInRequest, job: jobs.Job) -> dict[str, Any]:
    """Return a page of the rows with the outcome in the query string, by default the refused ones if there are any."""
    if job.is_busy or not job.summaries:
        return {}
    wanted = request.GET.get("outcome", "refused" if job.total(Outcome.REFUSED) else "")
    rows = [
        (job.summaries[index], row) for index, row in jobs.rows_of(job) if not wanted or row.outcome.value == wanted
    ]
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "wanted": wanted, "query": query_without_page(request)}
