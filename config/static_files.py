import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from config.script_modules import imported_by

# Without a target, esbuild leaves the language as it is.
ESBUILD_OPTIONS = ["--bundle", "--minify", "--format=esm", "--legal-comments=none", "--log-level=warning"]


class HashedFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed files. A script that pages name is one file with all it imports (docs/adr/0024)."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if dry_run:
            return
        with TemporaryDirectory() as folder:
            bundled = bundle_scripts(Path(folder))
            others = {name: found for name, found in paths.items() if not name.startswith("js/")}
            storage = FileSystemStorage(folder)
            yield from super().post_process({**others, **{name: (storage, name) for name in bundled}}, **options)


def bundle_scripts(folder: Path) -> list[str]:
    """Bundle each script that no other imports into `folder`; return their names."""
    scripts = sorted(settings.SCRIPTS_FOLDER.rglob("*.js"))
    imported = {module for script in scripts for module in imported_by(script)}
    entries = [script for script in scripts if script not in imported]
    folders = [f"--outbase={settings.SCRIPTS_FOLDER}", f"--outdir={folder}/js"]
    subprocess.run([esbuild(), *map(str, entries), *ESBUILD_OPTIONS, *folders], check=True)  # noqa: S603  # our own
    return [f"js/{script.relative_to(settings.SCRIPTS_FOLDER)}" for script in entries]


def esbuild() -> str:
    """The program for this machine, which npm installs; it needs no Node.js."""
    found = sorted(settings.BASE_DIR.glob("node_modules/@esbuild/*/bin/esbuild"))
    if not found:
        raise ImproperlyConfigured("esbuild is missing, which bundles the scripts. 'npm ci --omit=dev' installs it.")
    return str(found[0])
