"""The catalogues in locale/, as translators leave them."""

import re
from pathlib import Path

import allauth
import django
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings

from accounts.third_party_texts import ERRORS, FORMS, MESSAGES, MONTHS
from tests.config.texts_in_code import Key, script_texts, server_texts, third_party_texts
from tests.server import ROOT

LANGUAGES = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
# English is in the code, except for packages' texts that we word differently.
CATALOGUES = [("en", "django"), *((language, domain) for language in LANGUAGES for domain in ("django", "djangojs"))]
# Outside HTML's tags.
STRAIGHT = re.compile(r"""['"](?![^<>]*>)""")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


def read_catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def catalogue_path(language: str, domain: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / f"{domain}.po"


def our_catalogue(language: str, domain: str) -> Catalog:
    return read_catalogue(catalogue_path(language, domain))


def forms(texts: str | tuple[str, ...]) -> list[str]:
    return [texts] if isinstance(texts, str) else list(texts)


def entries(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def keys(catalogue: Catalog) -> set[Key]:
    return {(message.context, forms(message.id)[0]) for message in entries(catalogue)}


@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_every_text_is_translated(language, domain):
    untranslated = [m.id for m in entries(our_catalogue(language, domain)) if not all(forms(m.string))]
    assert untranslated == []


@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_no_text_is_translated_twice(language, domain):
    path = catalogue_path(language, domain)
    # Babel keeps the last of several translations; the first text is the header.
    assert path.read_text().count("\nmsgid ") == len(entries(read_catalogue(path))) + 1


@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_no_translation_is_fuzzy(language, domain):
    assert [message.id for message in entries(our_catalogue(language, domain)) if message.fuzzy] == []


@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_translation_has_the_placeholders_of_its_text(language, domain):
    def differs(message: Message) -> bool:
        # A singular may spell out its number.
        allowed = [sorted(PLACEHOLDER.findall(text)) for text in forms(message.id)]
        return any(sorted(PLACEHOLDER.findall(text)) not in allowed for text in forms(message.string))

    assert [message.id for message in entries(our_catalogue(language, domain)) if differs(message)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("domain", "in_code"), [("django", server_texts), ("djangojs", script_texts)])
def test_catalogue_has_exactly_the_texts_of_the_code(language, domain, in_code):
    """After `make messages` has synchronised them, new texts need a translation."""
    known, used = keys(our_catalogue(language, domain)), in_code()
    assert (sorted(map(str, used - known)), sorted(map(str, known - used))) == ([], [])


@pytest.mark.parametrize("in_code", [server_texts, script_texts])
def test_our_texts_have_typographic_apostrophes_and_quotes(in_code):
    ours = {text for _, text in in_code() - third_party_texts()}
    assert [text for text in sorted(ours) if STRAIGHT.search(text)] == []


def test_english_catalogue_rewords_only_third_party_texts():
    assert keys(our_catalogue("en", "django")) <= third_party_texts()


def test_third_party_texts_still_exist_in_their_packages():
    package_files = [Path(allauth.__file__).parent / "locale" / "de" / "LC_MESSAGES" / "django.po"]
    package_files += [
        Path(django.__file__).parent / folder / "locale" / "en" / "LC_MESSAGES" / "django.po"
        for folder in ("conf", "contrib/auth")
    ]
    existing = {text for path in package_files for _, text in keys(read_catalogue(path))}
    assert [text for text in (*FORMS, *MONTHS, *ERRORS, *MESSAGES) if text not in existing] == []
