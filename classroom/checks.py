from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security, deploy=True)
def simulation_is_off(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Warn on deployment if anyone could create accounts through simulated classes."""
    if not settings.SIMULATION_ALLOWED:
        return []
    hint = "Anyone who can reach the server can create accounts. Unset SIMULATION_ALLOWED for real students."
    return [Warning("Simulated classes are allowed.", hint=hint, id="classroom.W001")]
