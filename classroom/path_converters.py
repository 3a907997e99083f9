"""Path converters for URLs."""

from django.urls.converters import IntConverter

# The largest value of a BigAutoField. Beyond it, some lookups raise instead of finding nothing.
MAX_ID = 2**63 - 1


class IdConverter(IntConverter):
    """A row's id. Larger numbers match no URL, which is 404."""

    def to_python(self, value: str) -> int:
        number = super().to_python(value)
        if number > MAX_ID:
            raise ValueError("No row has such an id.")
        return number
