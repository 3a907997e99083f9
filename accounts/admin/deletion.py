from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import NestedObjects
from django.core.exceptions import BadRequest
from django.db.models import BigIntegerField
from django.http import HttpRequest, HttpResponse


class CheckedSelectionMixin:
    """A ModelAdmin whose list refuses selections and filters that are not valid ids. Django looks them up unchecked."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        for selected in request.POST.getlist(ACTION_CHECKBOX_NAME):
            is_number = selected.isascii() and selected.isdecimal() and len(selected) < 20
            if not is_number or int(selected) > BigIntegerField.MAX_BIGINT:
                raise BadRequest("A selected row has no such id.")
        for value in (each for _name, values in request.GET.lists() for each in values):
            digits = str(value).removeprefix("-")
            is_number = digits.isascii() and digits.isdecimal()
            if is_number and (len(digits) > 19 or int(digits) > BigIntegerField.MAX_BIGINT):
                raise BadRequest("No row has such a number.")
        return super().changelist_view(request, extra_context)  # type: ignore[misc]  # of ModelAdmin


class CountedDeletionMixin(CheckedSelectionMixin):
    """A ModelAdmin whose delete page counts the related rows instead of listing them.

    There are thousands of readings, and administrators must not see them. The counts include consents, which can only
    be deleted together with their user or course.
    """

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        collector = NestedObjects(using="default", origin=objs)
        collector.collect(objs)
        rows_by_model: dict[Any, set[Any]] = collector.model_objs
        counts = {str(model._meta.verbose_name_plural): len(rows) for model, rows in rows_by_model.items()}
        return [str(each) for each in objs], counts, set(), [str(each) for each in collector.protected]
