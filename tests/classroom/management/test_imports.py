import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from classroom.models import Course
from tests import factories
from tests.classroom.domain.imports.test_oneroster import BUNDLE

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path):
    texts = {
        "people.csv": "Name;E-Mail;Role\nMüller;m@example.org;teacher\nBob;b@example.org;\n",
        "courses.csv": "name,teachers\nLogic,m@example.org\n",
        "enrolments.csv": "person,course\nb@example.org,Logic\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_bytes(text.encode("cp1252"))
    return tmp_path


def test_import_people_prints_what_becomes_of_each_row(files, capsys):
    names = [str(files / f"{name}.csv") for name in ("people", "courses", "enrolments")]
    call_command("import_people", names[0], "--courses", names[1], "--enrolments", names[2], "--dry-run")
    assert capsys.readouterr().out.splitlines() == [
        "people.csv (people): read as Windows-1252, separated by semicolons",
        "  line 2: new: Müller <m@example.org>",
        "  line 3: new: Bob <b@example.org>",
        "  2 new",
        "courses.csv (courses): read as UTF-8, separated by commas",
        "  line 2: new: Logic",
        "  1 new",
        "enrolments.csv (enrolments): read as UTF-8, separated by commas",
        "  line 2: new: Bob in Logic as student",
        "  1 new",
        "Nothing was changed: this was a dry run.",
    ]
    assert User.objects.count() == 0
    call_command("import_people", names[0], "--courses", names[1], "--enrolments", names[2])
    assert capsys.readouterr().out.endswith("Imported.\n")
    assert Course.objects.get().enrolments.get().student.name == "Bob"


def test_import_people_imports_nothing_when_a_row_is_refused(files, capsys):
    (files / "people.csv").write_text("name,email\nAda,a@example.org\nBob,b\n")
    with pytest.raises(CommandError, match="Nothing was imported: rows are refused"):
        call_command("import_people", str(files / "people.csv"))
    assert "  line 3: refused: Bob <b> (“b” is not an e-mail address)\n" in capsys.readouterr().out
    assert User.objects.count() == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Name a file of people"),
        (["missing.csv"], "missing.csv: No such file"),
        (["people.csv", "--encoding", "utf-8"], "people.csv: Line 2 has characters that do not exist in UTF-8"),
    ],
)
def test_import_people_says_why_a_file_cannot_be_read(files, monkeypatch, arguments, message):
    monkeypatch.chdir(files)
    with pytest.raises(CommandError, match=message):
        call_command("import_people", *arguments)


def test_import_people_refuses_a_file_that_is_too_large(files, settings):
    settings.IMPORT_MAX_BYTES = 10
    with pytest.raises(CommandError, match="larger than IMPORT_MAX_BYTES"):
        call_command("import_people", str(files / "people.csv"))


def test_import_oneroster_reads_a_folder(tmp_path, capsys):
    for name, text in BUNDLE.items():
        (tmp_path / name).write_text(text)
    call_command("import_oneroster", str(tmp_path), "--dry-run")
    assert "  line 2: new: Maths 9a\n  1 new\n" in capsys.readouterr().out
    assert User.objects.count() == 0
    call_command("import_oneroster", str(tmp_path))
    assert Course.objects.get().school_id == "k1"


def test_import_oneroster_says_why_a_bundle_cannot_be_read(tmp_path):
    (tmp_path / "roster.zip").write_bytes(b"PK\x03\x04")
    for bundle, message in (
        (tmp_path, "no manifest"),
        (tmp_path / "roster.zip", "damaged"),
        (tmp_path / "x", "No such"),
    ):
        with pytest.raises(CommandError, match=message):
            call_command("import_oneroster", str(bundle))


def test_administrator_imports_into_their_school(tmp_path):
    administrator = factories.user("administrator", organisation=factories.organisation())
    file = tmp_path / "people.csv"
    file.write_text("name,email\nAda,ada@hill.example\n")
    call_command("import_people", file, "--administrator", administrator.email)
    assert User.objects.get(name="Ada").organisation == administrator.organisation


def test_only_an_administrator_can_be_named(tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("name,email\nAda,ada@hill.example\n")
    with pytest.raises(CommandError, match="No administrator has the address"):
        call_command("import_people", file, "--administrator", factories.teacher().email)
