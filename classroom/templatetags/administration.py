"""The administrators' navigation, which names each page once it exists."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from classroom.domain.permissions import may_run_server

register = template.Library()
# Pages about all organisations together.
OF_SERVER = {"administration:platforms", "administration:health"}
PAGES = [
    ("administration:overview", _("Overview")),
    ("administration:courses", _("Courses")),
    ("administration:terms", _("Terms")),
    ("administration:people", _("People")),
    ("administration:guardian_consents", _("Consents")),
    ("administration:privacy", _("Privacy")),
    ("administration:school", _("School")),
    ("administration:audit", _("Audit log")),
    ("administration:imports", _("Imports")),
    ("administration:webhooks", _("Webhooks")),
    ("administration:platforms", _("Platforms")),
    ("administration:health", _("Health")),
]


@register.inclusion_tag("administration/_navigation.html", takes_context=True)
def administration_navigation(context: dict[str, Any]) -> dict[str, Any]:
    """A page is current at its own URL and those below it, the overview only at its own."""
    here, user = context["request"].path, context["request"].user
    overview = reverse("administration:overview")
    pages = []
    for name, label in PAGES:
        if name in OF_SERVER and not may_run_server(user):
            continue
        url = reverse(name)
        pages.append((url, label, here == url or (url != overview and here.startswith(url))))
    return {"pages": pages}
