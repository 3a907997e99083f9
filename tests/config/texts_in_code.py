"""Extracts the texts that the code marks for translation, without Debian's gettext."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.extract import DEFAULT_KEYWORDS, extract
from django.utils.translation.template import templatize

from tests.server import ROOT

APPS = ("accounts", "classroom", "config", "emotions")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
Key = tuple[str | None, str]


def server_texts() -> set[Key]:
    python = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    found = {key for path in python for key in _texts("python", path.read_bytes())}
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]:
        found |= set(_texts("python", _as_python(path)))
    return found


def third_party_texts() -> set[Key]:
    return set(_texts("python", (ROOT / "accounts" / "third_party_texts.py").read_bytes()))


def script_texts() -> set[Key]:
    return {key for path in (ROOT / "static" / "js").rglob("*.js") for key in _texts("javascript", path.read_bytes())}


def _as_python(template: Path) -> bytes:
    """Return the gettext calls of a template as Python source, as Django's makemessages does."""
    source = templatize(template.read_text(), origin=str(template))
    return "\n".join(line.strip() for line in source.replace(" _(", "\n_(").splitlines()).encode()


def _texts(language: str, source: bytes) -> Iterator[Key]:
    for _, texts, _, context in extract(language, BytesIO(source), keywords=KEYWORDS):
        yield context, texts if isinstance(texts, str) else texts[0]
