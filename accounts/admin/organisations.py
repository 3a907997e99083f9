from typing import Any

from django.http import HttpRequest

from accounts.models import Organisation


class SeveralOrganisationsMixin:
    """A ModelAdmin of rows that belong to one organisation and never change it. New rows belong to the superuser's. The
    pages do not name the organisation while there is only one."""

    def get_list_display(self, request: HttpRequest) -> Any:
        return self._with_organisation(super().get_list_display(request))  # type: ignore[misc]  # of ModelAdmin

    def get_list_filter(self, request: HttpRequest) -> Any:
        return self._with_organisation(super().get_list_filter(request))  # type: ignore[misc]  # of ModelAdmin

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return a form that checks a new row within the organisation."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)  # type: ignore[misc]  # of ModelAdmin

        class WithOrganisation(form):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                if not change:
                    self.instance.organisation_id = request.user.organisation_id

        return WithOrganisation

    @staticmethod
    def _with_organisation(columns: Any) -> list[str]:
        return [*columns, "organisation"] if Organisation.objects.count() > 1 else list(columns)
