"""The catalogues in locale/, as translators leave them."""

import re
from pathlib import Path

import allauth
import django
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings

from accounts.third_party_texts import FORMS, MAILS, MESSAGES, REFUSALS
from tests.config.texts_in_code import Key, script_texts, server_texts
from tests.server import ROOT

LANGUAGES = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
CATALOGUES = [(language, domain) for language in LANGUAGES for domain in ("django", "djangojs")]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def ours(language: str, domain: str) -> Catalog:
    return catalogue(ROOT / "locale" / language / "LC_MESSAGES" / f"{domain}.po")


def forms(texts: str | tuple[str, ...]) -> list[str]:
    return [texts] if isinstance(texts, str) else list(texts)


def entries(found: Catalog) -> list[Message]:
    return [message for message in found if message.id]


def keys(found: Catalog) -> set[Key]:
    return {(message.context, forms(message.id)[0]) for message in entries(found)}


@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_every_text_is_translated(language, domain):
    without = [message.id for message in entries(ours(language, domain)) if not all(forms(message.string))]
    assert without == []


@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_no_translation_is_a_guess(language, domain):
    assert [message.id for message in entries(ours(language, domain)) if message.fuzzy] == []


@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_a_translation_has_the_placeholders_of_its_text(language, domain):
    def differs(message: Message) -> bool:
        # A singular may name its one in words.
        allowed = [sorted(PLACEHOLDER.findall(text)) for text in forms(message.id)]
        return any(sorted(PLACEHOLDER.findall(text)) not in allowed for text in forms(message.string))

    assert [message.id for message in entries(ours(language, domain)) if differs(message)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("domain", "in_code"), [("django", server_texts), ("djangojs", script_texts)])
def test_the_catalogue_holds_the_texts_of_the_code_and_no_others(language, domain, in_code):
    """`make messages` brings them together; then what is new wants translating."""
    known, used = keys(ours(language, domain)), in_code()
    assert (sorted(map(str, used - known)), sorted(map(str, known - used))) == ([], [])


def test_texts_of_packages_are_still_theirs():
    package_files = [Path(allauth.__file__).parent / "locale" / "de" / "LC_MESSAGES" / "django.po"]
    package_files += [
        Path(django.__file__).parent / folder / "locale" / "en" / "LC_MESSAGES" / "django.po"
        for folder in ("conf", "contrib/auth")
    ]
    theirs = {text for path in package_files for _, text in keys(catalogue(path))}
    named = [*FORMS, *REFUSALS, *MESSAGES, *MAILS]
    assert [text for text in named if text not in theirs] == []
