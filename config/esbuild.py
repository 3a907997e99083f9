"""esbuild, which bundles JavaScript modules."""

import subprocess
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

# Without a target, esbuild leaves the language as it is.
OPTIONS = ["--bundle", "--minify", "--format=esm", "--legal-comments=none", "--log-level=warning"]


def bundle(*scripts: Path, to: list[str]) -> None:
    """Bundle each script with everything it imports. `to`: esbuild's options that name the bundles."""
    subprocess.run([esbuild(), *map(str, scripts), *OPTIONS, *to], check=True)  # noqa: S603  # our own


def esbuild() -> str:
    """The program for this machine, which npm installs; it needs no Node.js."""
    found = sorted(settings.BASE_DIR.glob("node_modules/@esbuild/*/bin/esbuild"))
    if not found:
        raise ImproperlyConfigured("esbuild, which bundles the scripts, is missing. Run 'npm ci --omit=dev'.")
    return str(found[0])
