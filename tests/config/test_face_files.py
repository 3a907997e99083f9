import pytest
from django.contrib.staticfiles import finders
from django.template import Context, Template

from config import face_files
from config.face_files import PARTS, PREFIX, FaceFilesFinder

TAG = Template("{% load scripts %}{% face_files %}")


@pytest.fixture
def nothing_installed(settings, tmp_path):
    settings.BASE_DIR = settings.VAR_DIR = tmp_path
    face_files._folders.cache_clear()
    yield tmp_path
    face_files._folders.cache_clear()


def test_page_has_the_addresses_of_all_files_and_each_is_found():
    html = TAG.render(Context())
    assert html == " ".join(f'data-faces-{part}="/static/{PREFIX}/{name}"' for part, name in PARTS.items())
    listed = [name for name, _storage in FaceFilesFinder().list(None)]
    assert sorted(listed) == sorted(PARTS.values())
    for name in PARTS.values():
        with open(finders.find(f"{PREFIX}/{name}"), "rb") as file:
            assert file.read(1)


def test_finder_knows_no_other_file_of_the_packages():
    finder = FaceFilesFinder()
    for path in (f"{PREFIX}/litert_wasm_internal.wasm", "litert.js", f"{PREFIX}/../litert.js", PREFIX):
        assert (finder.find(path), finder.find(path, find_all=True)) == ([], [])


def test_library_is_one_file_that_imports_nothing():
    with open(finders.find(f"{PREFIX}/{PARTS['library']}"), encoding="utf-8") as file:
        assert "@litertjs/" not in file.read()


def test_page_without_the_packages_names_no_file(nothing_installed):
    assert TAG.render(Context()) == ""
    assert (list(FaceFilesFinder().list(None)), FaceFilesFinder().find(f"{PREFIX}/litert.js")) == ([], [])


def test_page_without_esbuild_names_no_file(nothing_installed):
    library = nothing_installed / "node_modules" / "@litertjs" / "core" / "dist" / "index.js"
    library.parent.mkdir(parents=True)
    library.touch()
    assert TAG.render(Context()) == ""
