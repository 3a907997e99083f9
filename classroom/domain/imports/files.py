"""Reads a CSV file from any program: its encoding, its separator, and its rows with their line numbers."""

import codecs
import csv
import io
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Unreadable(Exception):
    """The file cannot be read. The message says why, in the active language."""


class Encoding(TextChoices):
    UTF_8 = "utf-8", "UTF-8"
    UTF_16 = "utf-16", "UTF-16"
    WINDOWS_1252 = "cp1252", "Windows-1252"
    WINDOWS_1250 = "cp1250", "Windows-1250"
    WINDOWS_1251 = "cp1251", "Windows-1251"


class Separator(TextChoices):
    COMMA = "comma", gettext_lazy("commas")
    SEMICOLON = "semicolon", gettext_lazy("semicolons")
    TAB = "tab", gettext_lazy("tabs")

    @property
    def character(self) -> str:
        return {"comma": ",", "semicolon": ";", "tab": "\t"}[self.value]


@dataclass(frozen=True)
class Record:
    """A row of stripped cells, and the line on which it begins. A row with a `problem` is refused unread."""

    line: int
    cells: list[str]
    problem: str = ""


# The first bytes of other kinds of files.
ZIP, OLD_OFFICE, PDF, GZIP = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b"


def decode(content: bytes, chosen: Encoding | None = None) -> tuple[str, Encoding]:
    """Return the text without its byte order mark and in Unicode's composed form (NFC), and its encoding: the chosen
    one, or the one that fits.

    Raises Unreadable.
    """
    _refuse_other_kinds(content)
    encoding = chosen or _likely_encoding(content)
    try:
        text = content.decode("utf-8-sig" if encoding is Encoding.UTF_8 else encoding.value)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        if chosen:
            message = _("Line %(line)s has characters that do not exist in %(encoding)s. Choose another encoding.")
        else:
            message = _("Line %(line)s is neither UTF-8 nor %(encoding)s. Save the file as “CSV UTF-8”.")
        raise Unreadable(message % {"line": line, "encoding": encoding.label}) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Unreadable(_("Line %(line)s has NUL characters. Save the file as “CSV UTF-8”.") % {"line": line})
    if not text.strip():
        raise Unreadable(_("The file is empty."))
    return unicodedata.normalize("NFC", text), encoding


def likely_separator(text: str, is_known: Callable[[str], bool]) -> Separator:
    """Return the separator that gives the header the most known cells, then the most cells."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    if header.lower().startswith("sep=") and len(header) > 4:  # Excel names the separator this way
        return next((each for each in Separator if each.character == header[4]), Separator.COMMA)

    def score(separator: Separator) -> tuple[int, int]:
        cells = next(csv.reader([header], delimiter=separator.character), [])
        return sum(is_known(cell) for cell in cells), len(cells)

    return max(Separator, key=score)


def records(text: str, separator: Separator) -> Iterator[Record]:
    """Return the rows that are not blank, the header first. Raises Unreadable on the way."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator.character, strict=True)
    count = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            if "expected after" in str(error):
                message = _("In the row that begins in line %(line)s, text follows a closing quotation mark.")
            else:
                message = _("A quotation mark in the row that begins in line %(line)s is never closed.")
            raise Unreadable(message % {"line": line}) from None
        if not any(cells) or (count == 0 and len(cells) <= 2 and cells[0].lower().startswith("sep=")):
            continue
        count += 1
        if count > settings.IMPORT_MAX_ROWS + 1:
            rows = settings.IMPORT_MAX_ROWS
            raise Unreadable(_("The file has more than %(rows)s rows. Split it into several files.") % {"rows": rows})
        yield Record(line, cells)


def _refuse_other_kinds(content: bytes) -> None:
    if content.startswith((ZIP, OLD_OFFICE)):
        raise Unreadable(
            _("This is an Excel workbook or another Office file, whatever its name says. Save it as “CSV UTF-8”.")
        )
    if content.startswith((PDF, GZIP)):
        raise Unreadable(_("This is not a text file. Save the table as “CSV UTF-8”."))


def _likely_encoding(content: bytes) -> Encoding:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Encoding.UTF_16
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Encoding.WINDOWS_1252
    return Encoding.UTF_8
