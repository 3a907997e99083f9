from typing import Any

from django.db.models import BigIntegerField, Func, Value
from django.db.models.expressions import Combinable


class WindowStart(Func):
    """The start, in whole seconds since 1970, of the window of `seconds` that contains a time."""

    output_field = BigIntegerField()

    def __init__(self, moment: str | Combinable, *, seconds: int, **extra: Any) -> None:
        super().__init__(moment, seconds=int(seconds), **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        # The format is a parameter: a literal percent sign in the SQL breaks Django's query log.
        with_format = self.copy()
        with_format.set_source_expressions([Value("%s"), *self.get_source_expressions()])
        template = "(CAST(strftime(%(expressions)s) AS INTEGER) / %(seconds)s * %(seconds)s)"
        return super(WindowStart, with_format).as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "(floor(extract(epoch from %(expressions)s) / %(seconds)s)::bigint * %(seconds)s)"
        return super().as_sql(compiler, connection, template=template, **extra)
