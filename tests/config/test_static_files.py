import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.esbuild import esbuild
from config.face_files import PARTS, PREFIX
from tests.server import ROOT

HASH = re.compile(r"\.[0-9a-f]{12}\.js$")
# How templates name a script. Our modules have their own tag.
NAMED = re.compile(r"""\{%\s*(?:module_script|static)\s+["']([^"']+\.js)["']""")


@pytest.fixture(scope="module")
def collected(static_settings):
    """The folder of collected files, which the servers of other tests serve."""
    return Path(static_settings["STATIC_ROOT"])


@pytest.fixture(scope="module")
def hashed(collected):
    """Each hashed script by its plain name, both relative to the folder."""
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]
    return {plain: name for plain, name in names.items() if plain.endswith(".js")}


@pytest.fixture(scope="module")
def named():
    """The scripts that pages name."""
    return {name for path in (ROOT / "templates").rglob("*.html") for name in NAMED.findall(path.read_text())}


def test_pages_name_modules_by_the_tag_that_adds_their_hints():
    pages = (ROOT / "templates").rglob("*.html")
    assert [path.name for path in pages if 'type="module"' in path.read_text()] == []


def test_every_script_that_a_page_names_is_collected(collected, hashed, named):
    assert {"js/teacher/live.js", "js/student/attend.js", "vendor/uplot/uPlot.iife.min.js"} <= named
    assert {name: (collected / hashed[name]).is_file() for name in named} == dict.fromkeys(named, True)


def test_only_scripts_that_pages_name_are_bundled(hashed, named):
    assert {name for name in hashed if name.startswith("js/")} == {name for name in named if name.startswith("js/")}


def test_bundle_imports_nothing_and_contains_what_the_module_imports(collected, hashed):
    for name in (each for each in hashed if each.startswith("js/")):
        bundle = (collected / hashed[name]).read_text()
        # Importing a URL that the page provides is allowed: that of the face finder.
        assert not re.search(r"""\bimport\b\s*\(?\s*["'{]|\bfrom\s*["']""", bundle), name
    live = (collected / hashed["js/teacher/live.js"]).read_text()
    assert "Reconnecting; the figures are from" in live


def test_name_of_a_script_changes_with_its_content(collected, hashed):
    """A browser that has cached a script forever has also cached the right version of everything in it."""
    for plain, name in hashed.items():
        digest = HASH.search(name)[0].split(".")[1]
        content = (collected / name).read_bytes()
        assert hashlib.md5(content, usedforsecurity=False).hexdigest()[:12] == digest, plain


def test_compressed_twins_hold_the_same_text(collected, hashed):
    twins = [collected / f"{name}.gz" for name in hashed.values() if (collected / f"{name}.gz").exists()]
    assert len(twins) > 10
    for twin in twins:
        assert gzip.decompress(twin.read_bytes()) == twin.with_suffix("").read_bytes()


def test_browsers_get_what_finds_faces_under_names_of_its_content_and_compressed(collected):
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]
    for file in PARTS.values():
        hashed = names[f"{PREFIX}/{file}"]
        digest = hashlib.md5((collected / hashed).read_bytes(), usedforsecurity=False).hexdigest()[:12]
        assert hashed.split(".")[-2] == digest
        assert (collected / f"{hashed}.br").stat().st_size < (collected / hashed).stat().st_size


def test_missing_esbuild_is_an_error_that_names_the_fix(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    with pytest.raises(ImproperlyConfigured, match="Run 'npm ci --omit=dev'"):
        esbuild()
