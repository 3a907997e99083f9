"""Deleting in the admin what carries readings and consents with it."""

from typing import Any

from django.contrib.admin.utils import NestedObjects
from django.http import HttpRequest


class CountsWhatGoes:
    """A ModelAdmin whose delete page counts the rows that go along instead of listing them: readings are not for
    administrators' eyes, and there are thousands. Erasing a person erases her consents too, which no one may delete
    by themselves."""

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        collector = NestedObjects(using="default", origin=objs)
        collector.collect(objs)
        by_model: dict[Any, set[Any]] = collector.model_objs
        counts = {str(model._meta.verbose_name_plural): len(rows) for model, rows in by_model.items()}
        return [str(each) for each in objs], counts, set(), [str(each) for each in collector.protected]
