"""Personal data as tables: a CSV file for each kind of data, in a zip file that is streamed."""

import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import User
from classroom.domain.personal_data.export import column, section_chunks
from classroom.domain.personal_data.registry import sections
from classroom.views.table_files import BOM, Cell, csv_text


class _Outgoing:
    """Buffers the zip file's output until it is sent."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.chunks.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        taken, self.chunks = b"".join(self.chunks), []
        return taken


def zip_chunks(user: User) -> Iterator[bytes]:
    outgoing = _Outgoing()
    with zipfile.ZipFile(outgoing, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]  # only writes
        for section in sections():
            with archive.open(f"{section.name}.csv", "w") as file:
                file.write((BOM + csv_text([[column(field) for field in section.fields]])).encode())
                for chunk in section_chunks(section, user):
                    file.write(csv_text([_cell(value) for value in row.values()] for row in chunk).encode())
                    yield outgoing.take()
    yield outgoing.take()


def _cell(value: Any) -> Cell:
    if isinstance(value, dict | list):
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    if isinstance(value, bool):
        return int(value)
    return value if isinstance(value, str | int | float | datetime | None) else str(value)
