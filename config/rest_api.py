"""Django REST framework, and the description of version 1 of the REST API by drf-spectacular."""

from pathlib import Path
from typing import Any

import drf_spectacular_sidecar

from config.env import Env

# The files of the page that documents the API, within their package.
SWAGGER_UI = Path(drf_spectacular_sidecar.__file__).parent / "static" / "drf_spectacular_sidecar" / "swagger-ui-dist"

DESCRIPTION = """Read the courses, classes and figures that you see on the pages, start and end classes, add and change
markers.

A program sends `Authorization: Bearer …` with a token from your account page. A token has scopes, and never more rights
than you. Whatever you may not see is 404, as if it did not exist.

An expression is not an emotion and never a grade. Every figure from faces comes with the number of snapshots or
students behind it; in courses that use no cameras there are none."""

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": [
        "classroom.api.parsers.BoundedJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    # `format` in the query string chooses a table's format.
    "URL_FORMAT_OVERRIDE": None,
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Attune",
    "DESCRIPTION": DESCRIPTION,
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PREPROCESSING_HOOKS": ["classroom.api.v1.schema.only_this_version"],
    "SCHEMA_COERCE_PATH_PK_SUFFIX": True,
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "integer", "format": "int64", "minimum": 0, "maximum": 2**63 - 1}},
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "COMPONENT_SPLIT_REQUEST": True,
}


def rest_framework(env: Env) -> dict[str, Any]:
    """The rates are per user, for pages rather than the API: see classroom/views/throttling.py."""
    rates = {
        "previews": f"{env.number('PREVIEWS_A_MINUTE', default=20)}/min",
        "downloads": f"{env.number('DOWNLOADS_A_MINUTE', default=30)}/min",
        "comparisons": f"{env.number('COMPARISONS_A_MINUTE', default=60)}/min",
        "personal-data": f"{env.number('PERSONAL_DATA_AN_HOUR', default=6)}/hour",
    }
    return {**REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": rates}
