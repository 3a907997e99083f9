"""The product's version."""

import tomllib
from functools import cache

from django.conf import settings


@cache
def product_version() -> str:
    """Return the version in pyproject.toml."""
    return tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
