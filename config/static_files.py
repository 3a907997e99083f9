from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

from config.esbuild import bundle
from config.script_modules import imported_by

LARGE_BYTES = 1024 * 1024


class QuickerCompressor(Compressor):
    """Brotli's highest quality takes 20 s for LiteRT's WebAssembly and saves a seventh."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        import brotli  # noqa: PLC0415  # the compressor calls this only if it is installed

        return bytes(brotli.compress(data, quality=11 if len(data) < LARGE_BYTES else 9))


class HashedFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed files. Each script that a page names is bundled with its imports (docs/adr/0024)."""

    def create_compressor(self, **options: Any) -> Compressor:
        return QuickerCompressor(**options)

    def compress_files(self, paths: set[str]) -> Iterator[tuple[str, str]]:
        """Pages name only the hashed files."""
        return super().compress_files(paths - self.hashed_files.keys())

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
    bundle(*entries, to=[f"--outbase={settings.SCRIPTS_FOLDER}", f"--outdir={folder}/js"])
    return [f"js/{script.relative_to(settings.SCRIPTS_FOLDER)}" for script in entries]
