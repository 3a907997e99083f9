import codecs

import pytest

from classroom.domain.imports.columns import Kind, is_known
from classroom.domain.imports.files import Encoding, Separator, Unreadable, decode, likely_separator, records
from classroom.domain.imports.tables import Reading, read_table

TEXT = "name,email\nMüller,m@example.org\n"
HINT = "Save the file as “CSV UTF-8”."
OFFICE = "This is an Excel workbook or another Office file, whatever its name says. Save it as “CSV UTF-8”."
UNCLOSED = "A quotation mark in the row that begins in line {} is never closed."


def rows(content: bytes, **fields) -> list[tuple[int, list[str]]]:
    return [(record.line, record.cells) for record in read_table(content, name="people.csv", **fields).records]


def refusal(content: bytes, **fields) -> str:
    with pytest.raises(Unreadable) as caught:
        read_table(content, name="people.csv", **fields)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), Encoding.UTF_8),
        (codecs.BOM_UTF8 + TEXT.encode(), Encoding.UTF_8),
        (TEXT.encode("cp1252"), Encoding.WINDOWS_1252),
        (TEXT.encode("utf-16"), Encoding.UTF_16),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), Encoding.UTF_16),
    ],
    ids=["UTF-8", "UTF-8 with a mark", "Windows-1252", "UTF-16", "UTF-16 big-endian"],
)
def test_encoding_is_found_out(content, encoding):
    assert decode(content) == (TEXT, encoding)


def test_chosen_encoding_is_used():
    assert decode("name\nŁukasz\n".encode("cp1250"), Encoding.WINDOWS_1250)[0] == "name\nŁukasz\n"


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_separator_is_found_out(sign):
    table = read_table(f"name{sign}e-mail\nMüller{sign}m@example.org\n".encode(), name="people.csv")
    assert table.separator.character == sign
    assert table.records[0].cells == ["Müller", "m@example.org"]


def test_separator_of_known_columns_wins_over_more_cells():
    assert likely_separator("name (first, last, or both);email", is_known) is Separator.SEMICOLON


def test_line_that_names_the_separator_for_excel_is_no_header():
    table = read_table(b"sep=;\nname;email\nAda;a@example.org\n", name="people.csv")
    assert (table.separator, table.records[0].line) == (Separator.SEMICOLON, 3)


def test_chosen_separator_is_used():
    table = read_table(b"email;name\na@example.org;x\n", name="x", reading=Reading(separator=Separator.SEMICOLON))
    assert table.columns == ["email", "name"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_rows_have_the_numbers_of_their_lines(newline):
    text = newline.join(["name,email", '"Ada,', 'Countess",a@example.org', "", " Bob , b@example.org "])
    assert [(line, cells[1]) for line, cells in rows(text.encode())] == [(2, "a@example.org"), (5, "b@example.org")]


def test_missing_cells_are_empty_and_superfluous_ones_a_problem():
    table = read_table(b"name,email\nAda\nBob,b@example.org,,\nCid,c@example.org,x\n", name="people.csv")
    assert [(record.cells, record.problem) for record in table.records] == [
        (["Ada", ""], ""),
        (["Bob", "b@example.org"], ""),
        (["Cid", "c@example.org"], "the row has 3 cells, the header 2"),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty."),
        (codecs.BOM_UTF8 + b"\n \n", "The file is empty."),
        (b"name,email\n", "The file has a header, but no rows."),
        (b"PK\x03\x04rest", OFFICE),
        (b"\xd0\xcf\x11\xe0rest", OFFICE),
        (b"%PDF-1.7", "This is not a text file. Save the table as “CSV UTF-8”."),
        (b"name,email\nA\0da,a@example.org\n", f"Line 2 has NUL characters. {HINT}"),
        (TEXT.encode("utf-16-le"), f"Line 1 has NUL characters. {HINT}"),
        (b"name,email\nAda,a@example.org\n\x81,\xfc\n", f"Line 3 is neither UTF-8 nor Windows-1252. {HINT}"),
        (b'name,email\nAda,a@example.org\n"Bob,b@example.org\n', UNCLOSED.format(3)),
        (b'name,email\n"' + b"x" * 200_000, UNCLOSED.format(2)),
        (b'email\n"Bob"x\n', "In the row that begins in line 2, text follows a closing quotation mark."),
        (b"Ada,a@example.org\nBob,b@example.org\n", "The first line must name the columns. It has: Ada, a@example.org"),
        (b"email,E-Mail,email\na,b,c\n", "Two columns are called email. Keep one."),
    ],
)  # fmt: skip
def test_unreadable_file_is_refused_in_words(content, message):
    assert refusal(content) == message


def test_wrong_chosen_encoding_is_refused_with_the_line():
    message = refusal("name,email\nMüller,m@example.org\n".encode("cp1252"), reading=Reading(Encoding.UTF_8))
    assert message == "Line 2 has characters that do not exist in UTF-8. Choose another encoding."


def test_file_with_too_many_rows_is_refused_before_all_are_read(settings):
    settings.IMPORT_MAX_ROWS = 2
    table = b"email\na@example.org\nb@example.org\n"
    assert len(rows(table)) == 2
    assert refusal(table + b"c@example.org\n") == "The file has more than 2 rows. Split it into several files."
    many = records("email\n" + "x\n" * 1_000_000, Separator.COMMA)
    assert [next(many).line for _ in range(3)] == [1, 2, 3]
    with pytest.raises(Unreadable):
        next(many)


@pytest.mark.parametrize(
    ("header", "kind", "columns", "notes"),
    [
        ("Full Name;E-Mail;User Type", Kind.PEOPLE, ["name", "email", "role"], []),
        ("First name,Surname,MAIL,Fax", Kind.PEOPLE, ["first_name", "last_name", "email"], ["ignored columns: Fax"]),
        ("Course,Teachers", Kind.COURSES, ["name", "teachers"], []),
        ("title", Kind.COURSES, ["name"], []),
        ("Student E-mail,Class,Role", Kind.ENROLMENTS, ["person", "course", "role"], []),
        ("email,student id,course", Kind.ENROLMENTS, ["person", "course"], ["ignored columns: student id"]),
    ],
)  # fmt: skip
def test_headers_are_known_by_their_other_names(header, kind, columns, notes):
    table = read_table(f"{header}\nx\n".encode(), name="file.csv")
    assert (table.kind, list(table.columns), list(table.notes)) == (kind, columns, notes)


def test_file_of_a_chosen_kind_needs_its_columns():
    assert refusal(b"name\nx\n", kind=Kind.PEOPLE) == "A file of people needs a column email / school_id."
