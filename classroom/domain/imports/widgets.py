"""Parses and checks the cells of each kind of column. An empty cell is None: it leaves what is stored."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from import_export.widgets import Widget

from accounts.names import clean_name
from classroom.domain.permissions import SIMULATED_ADDRESS
from classroom.spreadsheets import escape_formula, is_formula

MAX_NAME, MAX_COURSE_NAME, MAX_EMAIL, MAX_ID = 120, 200, 254, 64


class NameWidget(Widget):
    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str | None:
        if not value:
            return None
        name = clean_name(value)
        if not name:
            raise ValueError(_("the name has no visible character"))
        refuse_longer(name, MAX_NAME)
        refuse_formula(name)
        return name


class CourseNameWidget(Widget):
    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str | None:
        name = " ".join(value.split())
        if not name:
            return None
        refuse_longer(name, MAX_COURSE_NAME)
        refuse_formula(name)
        return name


class EmailWidget(Widget):
    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str | None:
        if not value:
            return None
        try:
            validate_email(value)
        except ValidationError:
            raise ValueError(_("“%(value)s” is not an e-mail address") % {"value": value[:254]}) from None
        refuse_longer(value, MAX_EMAIL)
        if value.lower().endswith(SIMULATED_ADDRESS):
            raise ValueError(_("addresses that end with %(end)s are reserved") % {"end": SIMULATED_ADDRESS})
        return value.lower()


class SchoolIdWidget(Widget):
    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str | None:
        if not value:
            return None
        refuse_longer(value, MAX_ID)
        refuse_formula(value)
        return value


class ChoiceWidget(Widget):
    """A word that stands for a stored value. Exports have the word in `cells`, or the value itself."""

    def __init__(self, words: Mapping[str, Any], refusal: Any, cells: Mapping[Any, str] | None = None) -> None:
        super().__init__()
        self.words, self.refusal, self.cells = words, refusal, cells or {}

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self.cells.get(value, str(value or ""))

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Any:
        if not value:
            return None
        word = self.words.get(re.sub(r"\s+", " ", value).casefold())
        if word is None:
            raise ValueError(self.refusal % {"value": value[:64]})
        return word


def name_key(name: str) -> str:
    return unicodedata.normalize("NFC", " ".join(name.split())).casefold()


def names_in_files(name: str) -> set[str]:
    """Return the keys that a file may use for the name, including how our files write it, with the apostrophe before a
    formula."""
    return {name_key(name), name_key(str(escape_formula(name)))}


def refuse_formula(text: str) -> None:
    """Raises ValueError."""
    if is_formula(text):
        raise ValueError(_("“%(value)s” would run as a formula in a spreadsheet") % {"value": text[:64]})


def refuse_longer(text: str, most: int) -> None:
    """Raises ValueError."""
    if len(text) > most:
        raise ValueError(_("“%(value)s…” has more than %(most)s characters") % {"value": text[:40], "most": most})
