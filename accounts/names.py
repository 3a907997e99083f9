"""Names of people and courses: how they are cleaned, compared, sorted and told apart, the same on every database."""

import unicodedata
from collections import Counter
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# They shape letters in Persian and in Indian scripts, and join emoji.
JOINERS = "\u200c\u200d"
# Unicode counts these as letters, marks and symbols, but they are invisible.
BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Letters that Unicode does not decompose into a plain letter and an accent.
PLAIN_LETTERS = str.maketrans("łŁøØđĐıæÆœŒþÞ", "lLoOdDi" + "aAoOtT")


def clean_name(text: str) -> str:
    """Return the name on one line, without control characters, direction overrides and other invisible characters.

    '' if nothing visible is left.
    """
    cleaned = "".join(_visible(character) for character in unicodedata.normalize("NFC", text))
    name = " ".join(word for part in cleaned.split() if (word := part.strip(JOINERS)))
    return name if any(unicodedata.category(character)[0] in "LNPS" for character in name) else ""


def validate_name(text: str) -> None:
    if not clean_name(text):
        raise ValidationError(_("This name has no visible character. Enter one that can be read."))


def sort_key(name: str) -> str:
    """Return the text by which names are compared and sorted, by code point: without case, accents and widths."""
    decomposed = unicodedata.normalize("NFKD", name.translate(PLAIN_LETTERS))
    return "".join(character for character in decomposed if not "\u0300" <= character <= "\u036f").casefold()


def tell_apart(people: Sequence[tuple[str, str]]) -> list[str]:
    """Return distinct names for people with the same name, adding as much of their e-mail addresses as that takes."""
    if len(people) == 1:
        return [name for name, _email in people]
    counts = Counter(email.partition("@")[0] for _name, email in people)
    accounts = [(name, email, email.partition("@")[0]) for name, email in people]
    return [f"{name} ({account if counts[account] == 1 else email})" for name, email, account in accounts]


def _visible(character: str) -> str:
    """Return the character, a space for any white space, or '' for an invisible one."""
    category = unicodedata.category(character)
    if category[0] == "Z" or character in "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85":
        return " "
    is_hidden = character in BLANKS or (category in ("Cc", "Cf", "Cs", "Co") and character not in JOINERS)
    return "" if is_hidden else character
