"""The terms that rows may mean: those of the organisation in the database, and those that a bundle of the same import
describes."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from import_export.widgets import Widget

from accounts.models import OrganisationId
from classroom.domain.imports.widgets import name_key, names_in_files, refuse_formula, refuse_longer
from classroom.models import Term

MAX_TERM_NAME = 80


class KnownTerms:
    def __init__(self, organisation: OrganisationId) -> None:
        self.organisation = organisation
        self._by_name: dict[str, Term] = {}
        self._ambiguous: set[str] = set()
        self._is_loaded = False

    def load(self, described: Iterable[Term]) -> None:
        """Load the stored terms, and add those that a file describes. A stored term keeps its days."""
        if not self._is_loaded:
            for term in Term.objects.in_organisation(self.organisation):
                self._add(term)
            self._is_loaded = True
        for term in described:
            term.organisation_id = self.organisation
            self._add(term)

    def find(self, name: str) -> Term:
        """Raises ValueError."""
        key = name_key(name)
        term = self._by_name.get(key)
        words = {"value": name[:MAX_TERM_NAME]}
        if term is None:
            raise ValueError(_("no term is called “%(value)s”; create it under Terms") % words)
        if key in self._ambiguous:
            raise ValueError(_("two terms that do not overlap are called “%(value)s”; rename one of them") % words)
        if not term.pk:
            refuse_longer(term.name, MAX_TERM_NAME)
            refuse_formula(term.name)
        return term

    def _add(self, term: Term) -> None:
        for key in names_in_files(term.name):
            known = self._by_name.setdefault(key, term)
            # Next year's "Autumn" is another term, which the file calls by the same name.
            if term.first_day > known.last_day or term.last_day < known.first_day:
                self._ambiguous.add(key)


class TermWidget(Widget):
    def __init__(self, terms: KnownTerms) -> None:
        super().__init__()
        self.terms = terms

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Term | None:
        return self.terms.find(value) if value else None

    def render(self, value: Term | None, obj: Any = None, **kwargs: Any) -> str:
        return value.name if value else ""
