from typing import Any

from django.db.models.lookups import In


class Among(In):
    """Like `in` with a subquery, for indexed columns of large tables. Postgres evaluates the subquery once and looks
    each value up in the index; with `in`, it may go through the table instead, because it overestimates the matches."""

    lookup_name = "among"

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        return f"= ANY(ARRAY{rhs})" if connection.vendor == "postgresql" else super().get_rhs_op(connection, rhs)
