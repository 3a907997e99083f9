from collections.abc import Sequence

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from accounts.requests import SignedInRequest
from classroom.domain.history.summaries import StudentSummary
from classroom.models import ClassSession

SESSIONS_PER_PAGE = 20
STUDENTS_PER_PAGE = 50


def page_of_sessions(sessions: QuerySet[ClassSession], request: SignedInRequest) -> Page:
    """Return one page, or all sessions if the query string has classes=all, for printing and sorting."""
    per_page = sessions.count() if request.GET.get("classes") == "all" else SESSIONS_PER_PAGE
    return Paginator(sessions, max(per_page, 1)).get_page(request.GET.get("page"))


def page_of_students(students: Sequence[StudentSummary], request: SignedInRequest) -> Page:
    """Return one page, or all students if the query string has students=all, for printing and sorting."""
    per_page = len(students) if request.GET.get("students") == "all" else STUDENTS_PER_PAGE
    return Paginator(students, max(per_page, 1)).get_page(request.GET.get("page"))


def query_without_page(request: SignedInRequest) -> str:
    """Return the query string for links to other pages of the same list."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()
