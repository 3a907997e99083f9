import pytest
from django.http import HttpResponse

from config.served_files import StaticFilesMiddleware


@pytest.fixture
def folder(settings, tmp_path):
    settings.STATIC_ROOT, settings.WHITENOISE_AUTOREFRESH, settings.WHITENOISE_USE_FINDERS = tmp_path, False, False
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "old.js").write_text("old")
    return tmp_path


@pytest.fixture
def answer(folder, rf):
    """What a process answers that started when the folder had one file."""
    middleware = StaticFilesMiddleware(lambda request: HttpResponse("no file", status=404))

    def to(url: str) -> tuple[int, bytes]:
        response = middleware(rf.get(url))
        return response.status_code, response.getvalue()

    return to


def test_files_collected_since_the_process_started_are_served(folder, answer):
    assert answer("/static/js/new.js") == (404, b"no file")
    (folder / "js" / "new.js").write_text("new")
    assert [answer("/static/js/old.js"), answer("/static/js/new.js")] == [(200, b"old"), (200, b"new")]


@pytest.mark.parametrize(
    "url",
    ["/static/", "/static/js", "/static/js/", "/static/../secret", "/static//secret", "/static/js/%00", "/js/old.js"],
)
def test_nothing_else_is_served(folder, answer, url):
    (folder.parent / "secret").write_text("a key")
    assert answer(url) == (404, b"no file")
