"""Moves rows from one account to another. Tables are found by their references to users, so new ones move, too."""

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import ApiToken, LtiAccount, SecurityEvent, User

# Ways to sign in are deleted: somebody who knows the merged account's secrets must not get into the kept one.
SIGN_IN_APPS = {"account", "mfa", "socialaccount", "usersessions", "lti_tool"}
STAY_BEHIND = {ApiToken, LtiAccount, SecurityEvent}


def move_rows(kept: User, merged: User) -> None:
    """Make the merged account's rows refer to the kept one, except those that it already has, which are deleted."""
    for column in _columns():
        rows = column.model._base_manager.filter(**{column.name: merged})
        for others, condition in unique_together_with(column):
            same = {name: OuterRef(name) for name in others}
            twin = column.model._base_manager.filter(condition, **{column.name: kept}, **same)
            delete_rows(rows.filter(condition).filter(Exists(twin)))
        rows.update(**{column.name: kept})


def unique_together_with(column: Any) -> list[tuple[list[str], Q]]:
    """Return the other fields of each unique constraint that has the column, and the constraint's condition."""
    meta = column.model._meta
    sets = [(list(fields), Q()) for fields in meta.unique_together]
    sets += [([column.name], Q())] if column.unique else []
    constraints = [each for each in meta.constraints if isinstance(each, models.UniqueConstraint)]
    sets += [(list(each.fields), each.condition or Q()) for each in constraints]
    return [
        ([name for name in names if name != column.name], condition)
        for names, condition in sets
        if column.name in names
    ]


def delete_rows(rows: models.QuerySet[Any]) -> None:
    """Send no signals: the person has not left, and nothing refers to the rows."""
    rows._raw_delete(rows.db)


def _columns() -> list[Any]:
    """Return every database column that refers to a user and moves in a merger."""
    fields: list[Any] = User._meta.get_fields(include_hidden=True)
    relations = [relation for relation in fields if relation.auto_created]
    columns = [relation.field for relation in relations if relation.is_relation and not relation.many_to_many]
    return [
        column
        for column in columns
        if column.model._meta.app_label not in SIGN_IN_APPS and column.model not in STAY_BEHIND
    ]
