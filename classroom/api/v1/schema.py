"""The description of the API by drf-spectacular (OpenAPI 3.1)."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from drf_spectacular.utils import Direction

from accounts.models import Scope
from classroom.api.v1.problems import PREFIX, PROBLEM_TYPE, ProblemSerializer
from classroom.api.v1.scopes import scopes_of

ERRORS = {
    "400": "A parameter or the body is not valid.",
    "401": "The request has no valid token and no valid session.",
    "403": "The token lacks a scope, or the account lacks a second factor that it needs.",
    "404": "There is no such resource, or you may not see it.",
    "406": "The resource does not come in a type that the request accepts.",
    "429": "Too many requests. `Retry-After` says how many seconds to wait.",
}
# A CharField refuses these, apart from the length. drf-spectacular adds the empty string if it is allowed.
WITHOUT_NULL = r"^[^\u0000]+$"
NOT_BLANK = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"
WRITE_ERRORS = {"409": "The state of the resource does not allow it.", "415": "The body is not JSON."}


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api_tokens.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        scopes = "\n".join(f"- `{scope.value}`" for scope in Scope)
        return build_bearer_security_scheme_object("Authorization", "Bearer") | {
            "description": f"A token from your account page, with some of these scopes:\n\n{scopes}"
        }

    def get_security_requirement(self, auto_schema: AutoSchema) -> dict[str, list[str]]:
        return {self.name: [scope.value for scope in scopes_of(auto_schema.view, auto_schema.method)]}


class TextSchema(OpenApiSerializerFieldExtension):
    target_class = "classroom.api.v1.fields.Text"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        described = auto_schema._map_serializer_field(self.target, direction, bypass_extensions=True)
        pattern = WITHOUT_NULL if self.target.allow_blank else NOT_BLANK
        return described | {"pattern": pattern}


class Operation(AutoSchema):
    """Adds the problems that every operation may answer with, and knows lists by `ListResource.is_list`."""

    def _is_list_view(self, serializer: Any = None) -> bool:
        return self.method == "GET" and getattr(self.view, "is_list", False)

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation:
            errors = ERRORS if self.method == "GET" else ERRORS | WRITE_ERRORS
            for status, description in errors.items():
                answer = self._get_response_for_code(ProblemSerializer, status, [PROBLEM_TYPE])
                operation["responses"][status] = answer | {"description": description}
        return operation


def only_this_version(endpoints: list[Any], **_: Any) -> list[Any]:
    """Leave out the pages' own endpoints, which change with the pages."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith(PREFIX)]
