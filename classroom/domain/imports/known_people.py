"""The people that rows may refer to: those of the organisation in the database, and those of the same import."""

from collections.abc import Iterable
from typing import Any

from accounts.models import OrganisationId, User
from classroom.domain.imports.batches import in_batches
from classroom.spreadsheets import escape_formula


class KnownPeople:
    """Finds people by the school's ID or the e-mail address, also as exports write them."""

    def __init__(self, organisation: OrganisationId) -> None:
        self.organisation = organisation
        self._by_id: dict[str, User] = {}
        self._by_email: dict[str, User] = {}
        self._by_pk: dict[int, User] = {}
        # Addresses of accounts of other organisations.
        self._elsewhere: set[str] = set()

    def load(self, *, ids: Iterable[str] = (), emails: Iterable[str] = (), pks: Iterable[int | str] = ()) -> None:
        """Load the people with these IDs, addresses or primary keys who are not loaded yet."""
        emails = {spelling for email in emails for spelling in _spellings(email.lower())}
        ids = {spelling for each in ids for spelling in _spellings(each)}
        unknown: dict[str, list[Any]] = {
            "school_id": sorted(ids - self._by_id.keys() - {""}),
            "email": sorted(emails - self._by_email.keys() - {""}),
            "pk": sorted({pk for pk in pks if isinstance(pk, int)} - self._by_pk.keys()),
        }
        for lookup, values in unknown.items():
            people = User.objects.all() if lookup == "email" else User.objects.in_organisation(self.organisation)
            for user in in_batches(people, lookup, values):
                if user.organisation_id != self.organisation:
                    self._elsewhere.add(user.email)
                elif user.pk not in self._by_pk:
                    self.add(user)

    def add(self, user: User) -> None:
        if user.pk:
            self._by_pk[user.pk] = user
        self._by_email[user.email] = user
        self._by_email.setdefault(str(escape_formula(user.email)), user)
        if user.school_id:
            self._by_id[user.school_id] = user
            self._by_id.setdefault(str(escape_formula(user.school_id)), user)

    def with_id(self, school_id: str) -> User | None:
        return self._by_id.get(school_id) if school_id else None

    def with_email(self, email: str) -> User | None:
        return self._by_email.get(email.lower()) if email else None

    def is_elsewhere(self, email: str) -> bool:
        """Return whether an account of another organisation has the address."""
        return email.lower() in self._elsewhere

    def with_pks(self, pks: Iterable[int | str]) -> list[User]:
        """Return those of the people who are stored and loaded."""
        return [self._by_pk[pk] for pk in pks if pk in self._by_pk]

    def find(self, reference: str) -> User | None:
        """Return the person that an ID or an address refers to."""
        return self.with_id(reference) or self.with_email(reference)


def _spellings(cell: str) -> set[str]:
    return {cell, cell.removeprefix("'")}
