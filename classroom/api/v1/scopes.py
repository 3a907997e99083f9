"""The uses that a token permits."""

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import ApiToken, Scope


class HasScopes(BasePermission):
    """A token needs the view's scopes for the method. Signed-in browsers have all of them."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.auth, ApiToken):
            return True
        missing = [scope for scope in scopes_of(view, request.method or "") if scope not in request.auth.scopes]
        if missing:
            raise PermissionDenied(f"The token lacks the scope {', '.join(missing)}.")
        return True


def scopes_of(view: APIView, method: str) -> tuple[Scope, ...]:
    scopes: dict[str, tuple[Scope, ...]] = getattr(view, "scopes", {})
    return scopes.get("GET" if method == "HEAD" else method, ())
