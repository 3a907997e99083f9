"""Rows of the table of access: what a URL gives to whom. `access_table` explains them."""

from dataclasses import dataclass, field

from tests.security.access_people import (
    ADMINISTRATOR,
    ANONYMOUS,
    ASSISTANT,
    OUTSIDE_ADMINISTRATOR,
    PEOPLE,
    SIGNED_IN,
    TEACHER,
)

LOGIN = "sign-in page"
# The answers to people who may not see a page, and to methods that a view does not accept.
REFUSALS = (LOGIN, 401, 403, 404, 405)
STAFF = (ASSISTANT, TEACHER)
Outcomes = dict[str, int | str]


@dataclass(frozen=True)
class Row:
    route: str
    path: str
    methods: dict[str, Outcomes]
    body: dict[str, str] = field(default_factory=dict)
    # Methods in other rows of the route.
    also: tuple[str, ...] = ()

    @property
    def all_methods(self) -> set[str]:
        return {*self.methods, *self.also}

    @property
    def strongest(self) -> str:
        """The person who gets furthest with the row's methods."""
        outcomes = self.methods.values()
        may = [who for who in PEOPLE if any(of_all[who] not in REFUSALS for of_all in outcomes)]
        return may[-1] if may else ADMINISTRATOR

    @property
    def is_json(self) -> bool:
        return self.route.startswith("api/")


def only(*who: str, then: int = 200, others: int | str = 404, visitors: int | str = LOGIN) -> Outcomes:
    outcomes: Outcomes = dict.fromkeys(PEOPLE, others) | {ANONYMOUS: visitors}
    return outcomes | dict.fromkeys(who, then)


def administrators(then: int = 200) -> Outcomes:
    """The administrators of every school, about their own: they see nothing of another."""
    return only(ADMINISTRATOR, OUTSIDE_ADMINISTRATOR, then=then)


def in_api(*who: str, then: int = 200) -> Outcomes:
    return only(*who, then=then, visitors=403)


def signed_in(then: int = 200) -> Outcomes:
    return only(*SIGNED_IN, then=then)


def everyone(then: int = 200) -> Outcomes:
    return dict.fromkeys(PEOPLE, then)


def row(
    route: str, path: str = "", body: dict[str, str] | None = None, also: tuple[str, ...] = (), **methods: Outcomes
) -> Row:
    return Row(route, path or f"/{route}", methods, body or {}, also)
