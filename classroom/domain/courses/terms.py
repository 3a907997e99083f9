from datetime import date

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from accounts.models import OrganisationId, User
from accounts.security_log.events import Event, record
from classroom.models import Term


def terms(organisation: OrganisationId) -> QuerySet[Term]:
    """All terms of the organisation, the latest first; `current_courses` counts their courses that are not archived,
    `all_courses` all."""
    current = Count("courses", filter=Q(courses__archived_at=None))
    return Term.objects.in_organisation(organisation).annotate(current_courses=current, all_courses=Count("courses"))


def term_of_day(organisation: OrganisationId, day: date) -> Term | None:
    """Return the term that contains the day: the one that began last if there are several, None between terms."""
    return Term.objects.in_organisation(organisation).filter(first_day__lte=day, last_day__gte=day).first()


def save_term(*, term: Term, actor: User | None = None) -> None:
    """Save a term that its form or an import has checked. `actor` as for `record`."""
    event = Event.TERM_CHANGED if term.pk else Event.TERM_CREATED
    with transaction.atomic():
        term.save()
        record(event, actor=actor, organisation=term.organisation_id, term=term.pk)


def delete_term(*, term: Term) -> None:
    """Delete the term. Its courses stay, without a term."""
    with transaction.atomic():
        record(Event.TERM_DELETED, organisation=term.organisation_id, term=term.pk)
        term.delete()
