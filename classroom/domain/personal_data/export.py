"""Everything that is stored about one user, a chunk of rows at a time: as JSON, or as the rows of tables.

A person's rows name nobody else, neither the teacher who acknowledged an alert nor an administrator's address. Times
are in UTC.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import User
from classroom.domain.personal_data.account_models import PROFILE
from classroom.domain.personal_data.declarations import Section
from classroom.domain.personal_data.registry import sections

CHUNK_ROWS = 2000
DataRow = dict[str, Any]


def personal_data_chunks(user: User) -> Iterator[str]:
    """Yield a JSON object with a list for each section. No query stays open between two chunks."""
    [profile] = User.objects.filter(pk=user.pk).values(*PROFILE.fields)
    yield '{\n"profile": ' + _encode(profile)
    for section in sections():
        if section.data is PROFILE:
            continue
        yield f',\n"{section.name}": ['
        separator = "\n"
        for chunk in section_chunks(section, user):
            yield separator + ",\n".join(map(_encode, chunk))
            separator = ",\n"
        yield "]"
    yield "\n}\n"


def section_chunks(section: Section, user: User) -> Iterator[list[DataRow]]:
    rows, fields = section.rows(user), section.fields
    parts = [rows]
    if section.data.by_session:
        session_ids = list(rows.order_by("session").values_list("session_id", flat=True).distinct())
        parts = [rows.filter(session=session_id) for session_id in session_ids]
    for part in parts:
        last = 0
        while chunk := list(part.filter(pk__gt=last).order_by("pk").values("pk", *fields)[:CHUNK_ROWS]):
            last = chunk[-1]["pk"]
            yield [{column(name): row[name] for name in fields} for row in chunk]


def column(field: str) -> str:
    """Return the key of a field, with a dot for each of Django's lookups into another table."""
    return field.replace("__", ".")


def _encode(row: DataRow) -> str:
    return json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)
