"""Reads a OneRoster CSV bundle (1.1 or 1.2, bulk) as tables of people, courses and enrolments.

The files' own identifiers (sourcedId) become the school's IDs, so that the next bundle finds the same people and
courses.
https://www.imsglobal.org/spec/oneroster/v1p2/bind/csv/
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from django.utils.translation import gettext as _

from classroom.domain.imports.columns import Kind
from classroom.domain.imports.files import Encoding, Record, Separator, Unreadable, decode, records
from classroom.domain.imports.tables import Table
from classroom.models import Term

MANIFEST = "manifest.csv"
USERS, ROLES, CLASSES, ENROLLMENTS = "users.csv", "roles.csv", "classes.csv", "enrollments.csv"
SESSIONS, COURSES, ORGS = "academicSessions.csv", "courses.csv", "orgs.csv"
FILES = (MANIFEST, ORGS, SESSIONS, COURSES, USERS, ROLES, CLASSES, ENROLLMENTS)
VERSIONS = ("1.1", "1.2")
# The manifest's names for files.
MANIFEST_NAMES = {name: f"file.{name.removesuffix('.csv')}" for name in FILES[1:]}
# The columns that refer to rows of other files, some of them to several rows.
REFERENCES = {
    ORGS: {"parentSourcedId": ORGS},
    SESSIONS: {"parentSourcedId": SESSIONS},
    COURSES: {"orgSourcedId": ORGS, "schoolYearSourcedId": SESSIONS},
    USERS: {"orgSourcedIds": ORGS, "primaryOrgSourcedId": ORGS},
    ROLES: {"userSourcedId": USERS, "orgSourcedId": ORGS},
    CLASSES: {"courseSourcedId": COURSES, "schoolSourcedId": ORGS, "termSourcedIds": SESSIONS},
    ENROLLMENTS: {"classSourcedId": CLASSES, "userSourcedId": USERS, "schoolSourcedId": ORGS},
}
DELETED = "tobedeleted"
# The role of an account. School administrators are left out: a file makes nobody an administrator.
ACCOUNT_ROLES = {"student": "student", "teacher": "teacher", "aide": "student", "proctor": "student"}
COURSE_ROLES = {"student": "student", "teacher": "teacher", "aide": "assistant", "proctor": "assistant"}


@dataclass
class Rows:
    """The rows of a file by their sourcedId, as dicts; `problems` says, by line, why rows are refused."""

    name: str
    encoding: Encoding
    by_id: dict[str, dict[str, str]] = field(default_factory=dict)
    lines: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    problems: dict[int, str] = field(default_factory=dict)


def read_bundle(contents: Mapping[str, bytes], *, name: str) -> list[Table]:
    """Return the tables of the bundle. `contents` has its files by name. Raises Unreadable."""
    if MANIFEST not in contents:
        raise Unreadable(_("There is no manifest.csv, so this is not a OneRoster bundle."))
    present = _files_of_manifest(contents[MANIFEST])
    files = {}
    for file in (each for each in FILES[1:] if each in present):
        if file not in contents:
            raise Unreadable(_("The manifest has the file %(file)s, but the bundle lacks it.") % {"file": file})
        files[file] = _read_rows(file, contents[file])
    for needed in (USERS, CLASSES, ENROLLMENTS):
        if needed not in files:
            raise Unreadable(_("The bundle has no file %(file)s.") % {"file": needed})
    for rows in files.values():
        _check_references(rows, files)
    for rows in (files[each] for each in (ORGS, SESSIONS, COURSES) if each in files):
        for line, problem in rows.problems.items():
            raise Unreadable(_at(rows.name, line, problem))
    return [_people(files, name), _courses(files, name), _enrolments(files, name)]


def _files_of_manifest(content: bytes) -> set[str]:
    """Return the files that the bundle has. Raises Unreadable."""
    text, _encoding = decode(content)
    properties = {row.cells[0]: row.cells[1] for row in records(text, Separator.COMMA) if len(row.cells) > 1}
    version = properties.get("oneroster.version", "")
    if version not in VERSIONS:
        message = _("The manifest names the version “%(version)s”; 1.1 and 1.2 can be read.")
        raise Unreadable(message % {"version": version[:20]})
    present = set()
    for file, key in MANIFEST_NAMES.items():
        mode = properties.get(key, "absent").lower()
        if mode == "delta":
            raise Unreadable(_("%(file)s has changes only (“delta”). Export everything (“bulk”).") % {"file": file})
        if mode == "bulk":
            present.add(file)
    return present


def _read_rows(name: str, content: bytes) -> Rows:
    """Raises Unreadable."""
    try:
        text, encoding = decode(content)
        found = list(records(text, Separator.COMMA))
    except Unreadable as error:
        raise Unreadable(f"{name}: {error}") from None
    header = found[0].cells if found else []
    if "sourcedId" not in header:
        raise Unreadable(_("%(file)s has no column sourcedId.") % {"file": name})
    rows = Rows(name, encoding)
    for record in found[1:]:
        row = dict(zip(header, record.cells + [""] * (len(header) - len(record.cells)), strict=False))
        rows.lines.append((record.line, row))
        if row["sourcedId"] in rows.by_id:
            rows.problems[record.line] = _("another row has the same sourcedId")
        rows.by_id.setdefault(row["sourcedId"], row)
    return rows


def _check_references(rows: Rows, files: Mapping[str, Rows]) -> None:
    """References to files that the bundle does not have are not checked."""
    columns = [(column, files[name]) for column, name in REFERENCES[rows.name].items() if name in files]
    for line, row in rows.lines:
        for column, target in columns:
            for reference in split_ids(row.get(column, "")):
                referred = target.by_id.get(reference)
                words = {"column": column, "value": reference[:64], "file": target.name}
                if referred is None:
                    rows.problems[line] = _("%(column)s “%(value)s” is not in %(file)s") % words
                elif _is_deleted(referred) and not _is_deleted(row):
                    rows.problems[line] = _("%(column)s “%(value)s” is to be deleted in %(file)s") % words


def _people(files: Mapping[str, Rows], name: str) -> Table:
    rows, left_out, table = files[USERS], Counter[str](), []
    roles = _roles_by_user(files)
    for line, row in rows.lines:
        role = roles.get(row["sourcedId"]) or row.get("role", "")
        if role not in ACCOUNT_ROLES:
            left_out[role or "–"] += 1
            continue
        email = row.get("email") or (row.get("username", "") if "@" in row.get("username", "") else "")
        is_active = row.get("enabledUser", "").lower() != "false" and not _is_deleted(row)
        cells = [row["sourcedId"], _full_name(row), email, ACCOUNT_ROLES[role], "active" if is_active else "inactive"]
        table.append(Record(line, cells, rows.problems.get(line, "")))
    return _table(Kind.PEOPLE, rows, name, ["school_id", "name", "email", "role", "status"], table, left_out)


def _roles_by_user(files: Mapping[str, Rows]) -> dict[str, str]:
    """Return each user's single role in version 1.2: the most important of those known here."""
    found: dict[str, str] = {}
    if ROLES not in files:
        return found
    for line, row in files[ROLES].lines:
        user, role = row.get("userSourcedId", ""), row.get("role", "")
        if problem := files[ROLES].problems.get(line):
            raise Unreadable(_at(ROLES, line, problem))
        if _is_deleted(row):
            continue
        known = found.get(user)
        if known is None or (role in ACCOUNT_ROLES and (known not in ACCOUNT_ROLES or role == "teacher")):
            found[user] = role
    return found


def _full_name(row: Mapping[str, str]) -> str:
    given = row.get("preferredGivenName") or row.get("preferredFirstName") or row.get("givenName", "")
    family = row.get("preferredFamilyName") or row.get("preferredLastName") or row.get("familyName", "")
    return f"{given} {family}".strip()


def _courses(files: Mapping[str, Rows], name: str) -> Table:
    rows, left_out, table = files[CLASSES], Counter[str](), []
    terms = _terms(files)
    for line, row in rows.lines:
        if _is_deleted(row):
            left_out[DELETED] += 1
            continue
        of_class, problem = split_ids(row.get("termSourcedIds", "")), rows.problems.get(line, "")
        if unusable := [each for each in of_class if SESSIONS in files and each not in terms]:
            words = {"value": unusable[0][:64], "file": SESSIONS}
            problem = problem or _("the term “%(value)s” has no title or no valid days in %(file)s") % words
        # A class of several terms is over when the last of them is.
        term = max((terms[each] for each in of_class if each in terms), key=lambda each: each.last_day, default=None)
        table.append(Record(line, [row["sourcedId"], row.get("title", ""), term.name if term else ""], problem))
    made = _table(Kind.COURSES, rows, name, ["school_id", "name", "term"], table, left_out)
    return replace(made, terms=list(terms.values()))


def _terms(files: Mapping[str, Rows]) -> dict[str, Term]:
    """Return the terms of the bundle by sourcedId, those with a title and valid days."""
    terms = {}
    for _line, row in files[SESSIONS].lines if SESSIONS in files else ():
        name = " ".join(row.get("title", "").split())
        # The standard calls the end exclusive, and most programs write the last day.
        first, last = (_day(row.get(column, "")) for column in ("startDate", "endDate"))
        if name and first and last and first <= last and not _is_deleted(row):
            terms[row["sourcedId"]] = Term(name=name, first_day=first, last_day=last)
    return terms


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _enrolments(files: Mapping[str, Rows], name: str) -> Table:
    rows, left_out, table = files[ENROLLMENTS], Counter[str](), []
    remaining = [row for _line, row in rows.lines if row.get("role") in COURSE_ROLES and not _is_deleted(row)]
    present, seen = {_member(row) for row in remaining}, set()
    for line, row in rows.lines:
        role, status = row.get("role", ""), "removed" if _is_deleted(row) else "active"
        course, user = _member(row)
        gone = _is_deleted(files[CLASSES].by_id.get(course, {})) or _is_deleted(files[USERS].by_id.get(user, {}))
        record = (user, course, COURSE_ROLES.get(role, ""), status)
        if role not in COURSE_ROLES or (record in seen and line not in rows.problems):
            left_out[role or "–"] += 1
        elif status == "removed" and (gone or (course, user) in present):
            left_out[DELETED] += 1
        else:
            seen.add(record)
            table.append(Record(line, list(record), rows.problems.get(line, "")))
    return _table(Kind.ENROLMENTS, rows, name, ["person", "course", "role", "status"], table, left_out)


def _member(row: Mapping[str, str]) -> tuple[str, str]:
    """Return the class and the user, who has a row for each role and each period in which they are in the class."""
    return row.get("classSourcedId", ""), row.get("userSourcedId", "")


def _table(
    kind: Kind, rows: Rows, bundle: str, columns: list[str], table: list[Record], left_out: Counter[str]
) -> Table:
    shown = ", ".join(f"{count} {role[:32]}" for role, count in left_out.most_common(8))
    notes = [_("rows left out: %(rows)s") % {"rows": shown}] if left_out else []
    return Table(kind, f"{bundle}: {rows.name}", columns, table, rows.encoding, Separator.COMMA, notes)


def _at(file: str, line: int, problem: str) -> str:
    return _("%(file)s, line %(line)s: %(problem)s") % {"file": file, "line": line, "problem": problem}


def split_ids(cell: str) -> list[str]:
    return [each.strip() for each in cell.split(",") if each.strip()]


def _is_deleted(row: Mapping[str, str]) -> bool:
    return row.get("status", "").lower() == DELETED
