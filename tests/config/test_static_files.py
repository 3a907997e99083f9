import gzip
import hashlib
import json
import os
import posixpath
import re
import subprocess
import sys

import pytest

from tests.server import ROOT

pytestmark = pytest.mark.slow
# Comments may contain the words; a module's imports begin a line.
IMPORT = re.compile(r"""^(?:import|export)\b[^;'"]*["']([./][^"']*)["'];|\bimport\(\s*["']([^"']+)["']""", re.MULTILINE)
HASH = re.compile(r"\.[0-9a-f]{12}\.js$")


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The folder of collected files."""
    folder = tmp_path_factory.mktemp("static")
    env = {**os.environ, "STATIC_HASHED": "1", "STATIC_ROOT": str(folder)}
    command = [sys.executable, "manage.py", "collectstatic", "-v0", "--noinput"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def hashed(collected):
    """Each hashed script by its plain name, both relative to the folder."""
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]
    return {plain: name for plain, name in names.items() if plain.endswith(".js")}


def imports_of(folder, name: str) -> list[str]:
    """The files that a script imports, relative to the folder."""
    found = [first or second for first, second in IMPORT.findall((folder / name).read_text())]
    return [posixpath.normpath(posixpath.join(posixpath.dirname(name), each)) for each in found]


def test_hashed_modules_import_hashed_modules_alone(collected, hashed):
    for plain, name in hashed.items():
        for imported in imports_of(collected, name):
            assert HASH.search(imported), (plain, imported)
            assert (collected / imported).is_file(), (plain, imported)


def test_every_import_leads_to_the_version_that_pages_name(collected, hashed):
    ours = [plain for plain in hashed if plain.startswith("js/")]
    edges = {(plain, imported) for plain in ours for imported in imports_of(collected, hashed[plain])}
    plain_edges = {(plain, hashed[imported]) for plain in ours for imported in imports_of(collected, plain)}
    assert edges == plain_edges
    assert {"js/teacher/live.js", "js/student/attend.js"} <= {importer for importer, _ in edges}


def test_name_of_a_module_changes_with_what_it_imports(collected, hashed):
    """Whoever has cached a module for ever has also cached the right version of all that it imports."""
    for plain, name in hashed.items():
        digest = HASH.search(name)[0].split(".")[1]
        content = (collected / name).read_bytes()
        assert hashlib.md5(content, usedforsecurity=False).hexdigest()[:12] == digest, plain


def test_compressed_twins_hold_the_same_text(collected, hashed):
    twins = [collected / f"{name}.gz" for name in hashed.values() if (collected / f"{name}.gz").exists()]
    assert len(twins) > 10
    for twin in twins:
        assert gzip.decompress(twin.read_bytes()) == twin.with_suffix("").read_bytes()
