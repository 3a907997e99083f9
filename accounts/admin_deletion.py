from typing import Any

from django.contrib.admin.utils import NestedObjects
from django.http import HttpRequest


class CountedDeletionMixin:
    """A ModelAdmin whose delete page counts the related rows instead of listing them.

    There are thousands of readings, and administrators must not see them. The counts include consents, which can only
    be deleted together with their user.
    """

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        collector = NestedObjects(using="default", origin=objs)
        collector.collect(objs)
        rows_by_model: dict[Any, set[Any]] = collector.model_objs
        counts = {str(model._meta.verbose_name_plural): len(rows) for model, rows in rows_by_model.items()}
        return [str(each) for each in objs], counts, set(), [str(each) for each in collector.protected]
