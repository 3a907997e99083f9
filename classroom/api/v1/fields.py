"""Fields, serializers and filters that several resources share."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.db.models import BigIntegerField
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

ID_SCHEMA = {"type": "integer", "format": "int64", "minimum": 0, "maximum": BigIntegerField.MAX_BIGINT}


class Moment(serializers.DateTimeField):
    """A moment in UTC, whatever time zone the user's pages show."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)


class Text(serializers.CharField):
    """A string. CharField would also accept a number, contrary to the API's description."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Output(serializers.Serializer):
    """A serializer only for responses, which always have all of its fields."""

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        for field in fields.values():
            field.read_only = True
        return fields


@extend_schema_field(ID_SCHEMA)
class IdFilter(filters.Filter):
    """Rows with this id. An id beyond the database's integers is an error, not an empty list."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, min_value=0, max_value=BigIntegerField.MAX_BIGINT, **options)


class _MomentField(IsoDateTimeField):
    def to_python(self, value: Any) -> datetime | None:
        """In UTC, because Postgres refuses an offset of sixteen hours or more, and SQLite's conversion may overflow."""
        moment = super().to_python(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentFilter(filters.IsoDateTimeFilter):
    field_class = _MomentField


@extend_schema_field(OpenApiTypes.BOOL)
class YesNoFilter(filters.Filter):
    """`true` or `false`. Anything else is an error; django-filter's own filter would return all rows."""

    field_class = forms.TypedChoiceField

    def __init__(self, *args: Any, **options: Any) -> None:
        choices = [("true", "true"), ("false", "false")]
        super().__init__(*args, choices=choices, coerce=lambda sent: sent == "true", **options)
