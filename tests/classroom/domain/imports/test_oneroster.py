import io
import zipfile
from datetime import date

import pytest

from accounts.models import SecurityEvent, User
from classroom.domain.imports import bundles
from classroom.domain.imports.files import Unreadable
from classroom.domain.imports.oneroster import FILES, read_bundle
from classroom.domain.imports.plan import plan_import
from classroom.models import Course, Term
from tests.factories import NOW

MANIFEST = """propertyName,value
manifest.version,1.0
oneroster.version,{version}
file.academicSessions,bulk
file.classes,bulk
file.courses,bulk
file.enrollments,{enrollments}
file.orgs,bulk
file.roles,{roles}
file.users,bulk
"""
# The specification's order of columns, without those that are not read.
BUNDLE = {
    "manifest.csv": MANIFEST.format(version="1.1", enrollments="bulk", roles="absent"),
    "orgs.csv": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\no1,,,School,school,,\n",
    "academicSessions.csv": (
        "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\n"
        "t1,,,Autumn,term,2026-09-01,2027-01-31,,2027\n"
    ),
    "courses.csv": "sourcedId,status,schoolYearSourcedId,title,courseCode,grades,orgSourcedId\nc1,,t1,Maths,M,,o1\n",
    "users.csv": (
        "sourcedId,status,enabledUser,orgSourcedIds,role,username,givenName,familyName,email\n"
        "u1,,true,o1,teacher,ada,Ada,King,ada@example.org\n"
        "u2,,true,o1,student,bob@example.org,Bob,Moss,\n"
        "u3,,true,o1,guardian,gil,Gil,Moss,gil@example.org\n"
    ),
    "classes.csv": (
        "sourcedId,status,title,courseSourcedId,classCode,classType,schoolSourcedId,termSourcedIds\n"
        'k1,,Maths 9a,c1,9a,scheduled,o1,"t1"\n'
    ),
    "enrollments.csv": (
        "sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,primary\n"
        "e1,,k1,o1,u1,teacher,true\n"
        "e2,,k1,o1,u2,student,\n"
    ),
}

SAME_NAME = "two terms that do not overlap are called “Spring”; rename one of them"


def tables(**changes: str):
    texts = BUNDLE | {f"{name}.csv": text for name, text in changes.items()}
    return read_bundle({name: text.encode() for name, text in texts.items()}, name="roster")


def refusal(**changes: str) -> str:
    with pytest.raises(Unreadable) as caught:
        tables(**changes)
    return str(caught.value)


def problems(**changes: str) -> list[str]:
    return [record.problem for table in tables(**changes) for record in table.records if record.problem]


def archive(*entries: tuple[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries:
            made.writestr(name, content)
    return file.getvalue()


@pytest.mark.django_db
def test_bundle_brings_people_courses_and_enrolments():
    plan = plan_import(tables())
    plan.write(now=NOW)
    people = User.objects.order_by("school_id").values_list("school_id", "name", "email", "role")
    assert list(people) == [
        ("u1", "Ada King", "ada@example.org", "teacher"),
        ("u2", "Bob Moss", "bob@example.org", "student"),
    ]
    course = Course.objects.get(school_id="k1", name="Maths 9a")
    assert (course.teachers.get().name, course.enrolments.get().student.name) == ("Ada King", "Bob Moss")
    assert (course.term.name, course.term.last_day) == ("Autumn", date(2027, 1, 31))
    assert plan.files[0].table.how_read.endswith("; rows left out: 1 guardian")
    assert [counts["unchanged"] for counts in plan_import(tables()).totals] == [2, 1, 2]


def sessions(*rows: str) -> str:
    return "sourcedId,status,title,type,startDate,endDate\n" + "".join(f"{row}\n" for row in rows)


@pytest.mark.django_db
def test_class_of_several_terms_is_in_the_one_that_ends_last():
    autumn, spring = "t1,,Autumn,term,2026-09-01,2027-01-31", "t2,,Spring,term,2027-02-01,2027-06-30"
    classes = BUNDLE["classes.csv"].replace('"t1"', '"t2, t1"')
    plan_import(tables(academicSessions=sessions(autumn, spring), classes=classes)).write(now=NOW)
    assert Course.objects.get().term.name == "Spring"
    assert Term.objects.count() == 1  # no class is in autumn alone


@pytest.mark.django_db
def test_stored_term_keeps_its_days(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        plan_import(tables()).write(now=NOW)
    stored = Term.objects.get()
    later = BUNDLE["academicSessions.csv"].replace("2027-01-31", "2027-02-05").replace("Autumn", "autumn")
    plan_import(tables(academicSessions=later)).write(now=NOW)
    assert Term.objects.get().last_day == stored.last_day
    assert SecurityEvent.objects.get(event="term_created").details == {"term": stored.pk}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("t1,,Autumn,term,2026-09-01,soon", "the term “t1” has no title or no valid days in academicSessions.csv"),
        ("t1,,,term,2026-09-01,2027-01-31", "the term “t1” has no title or no valid days in academicSessions.csv"),
        ("t1,,=1+1,term,2026-09-01,2027-01-31", "“=1+1” would run as a formula in a spreadsheet"),
        (f"t1,,{'x' * 81},term,2026-09-01,2027-01-31", f"“{'x' * 40}…” has more than 80 characters"),
        ("t1,,Spring,term,2027-02-01,2027-06-30", SAME_NAME),
    ],
)
def test_class_whose_term_cannot_be_used_is_refused(row, reason):
    Term.objects.create(name="Spring", first_day=date(2026, 2, 1), last_day=date(2026, 6, 30))
    planned = plan_import(tables(academicSessions=sessions(row)))
    assert [outcome.details for outcome in planned.files[1].outcomes] == [(reason,)]


@pytest.mark.django_db
def test_rows_to_be_deleted_end_enrolments_and_deactivate_accounts():
    plan_import(tables()).write(now=NOW)
    users = BUNDLE["users.csv"].replace("u2,,", "u2,tobedeleted,")
    enrollments = BUNDLE["enrollments.csv"].replace("e2,,", "e2,tobedeleted,")
    plan_import(tables(enrollments=enrollments)).write(now=NOW)
    assert not Course.objects.get().enrolments.exists()
    plan_import(tables(users=users, enrollments=enrollments)).write(now=NOW)
    assert list(User.objects.filter(is_active=False).values_list("school_id", flat=True)) == ["u2"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("former", "present"), [("student", "student"), ("student", "aide"), ("aide", "student"), ("proctor", "aide")]
)
def test_row_to_be_deleted_does_not_end_an_enrolment_that_another_row_has(former, present):
    plan_import(tables()).write(now=NOW)
    rows = f"e3,tobedeleted,k1,o1,u2,{former},\ne4,,k1,o1,u2,{present},\ne5,tobedeleted,k1,o1,u2,{former},\n"
    enrollments = BUNDLE["enrollments.csv"].replace("e2,,k1,o1,u2,student,\n", rows)
    plan = plan_import(tables(enrollments=enrollments))
    assert (plan.files[2].table.notes, plan.is_possible) == (["rows left out: 2 tobedeleted"], True)
    plan.write(now=NOW)
    course, bob = Course.objects.get(), User.objects.get(school_id="u2")
    assert course.enrolments.filter(student=bob).exists() == (present == "student")
    assert course.assistants.contains(bob) == (present == "aide")


def test_person_who_is_in_a_class_twice_with_one_role_has_one_enrolment():
    enrolments = tables(enrollments=BUNDLE["enrollments.csv"] + "e3,,k1,o1,u2,student,\ne4,,k1,o1,u9,student,\n")[-1]
    assert [record.cells[0] for record in enrolments.records] == ["u1", "u2", "u9"]
    assert enrolments.notes == ["rows left out: 1 student"]


@pytest.mark.django_db
def test_roles_of_version_1_2_stand_in_a_file_of_their_own():
    users = "sourcedId,status,enabledUser,username,givenName,familyName,preferredFirstName,email\n"
    users += "u1,,true,a,Ada,King,,ada@example.org\nu2,,true,b,Robert,Moss,Bob,bob@example.org\n"
    roles = "sourcedId,status,userSourcedId,roleType,role,orgSourcedId\n"
    roles += "r1,,u1,secondary,student,o1\nr2,,u1,primary,teacher,o1\nr3,,u2,primary,student,o1\n"
    manifest = MANIFEST.format(version="1.2", enrollments="bulk", roles="bulk")
    plan_import(tables(manifest=manifest, users=users, roles=roles)).write(now=NOW)
    assert set(User.objects.values_list("name", "role")) == {("Ada King", "teacher"), ("Bob Moss", "student")}


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("enrollments", ",k1,", ",k9,", "classSourcedId “k9” is not in classes.csv"),
        ("enrollments", ",u2,", ",u9,", "userSourcedId “u9” is not in users.csv"),
        ("classes", ",c1,", ",c9,", "courseSourcedId “c9” is not in courses.csv"),
        ("classes", '"t1"', '"t1,t9"', "termSourcedIds “t9” is not in academicSessions.csv"),
        ("users", "u2,,true,o1", "u2,,true,o9", "orgSourcedIds “o9” is not in orgs.csv"),
        ("users", "u2,,", "u1,,", "another row has the same sourcedId"),
    ],
)
def test_broken_reference_refuses_its_row(file, old, new, problem):
    assert problem in problems(**{file: BUNDLE[f"{file}.csv"].replace(old, new)})


def test_row_that_refers_to_one_to_be_deleted_is_refused():
    users = BUNDLE["users.csv"].replace("u2,,", "u2,tobedeleted,")
    assert problems(users=users) == ["userSourcedId “u2” is to be deleted in users.csv"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"manifest": MANIFEST.format(version="1.1", enrollments="delta", roles="absent")},
            "enrollments.csv has changes only (“delta”). Export everything (“bulk”).",
        ),
        (
            {"manifest": MANIFEST.format(version="1.0", enrollments="bulk", roles="absent")},
            "The manifest names the version “1.0”; 1.1 and 1.2 can be read.",
        ),
        (
            {"manifest": MANIFEST.format(version="1.1", enrollments="bulk", roles="bulk")},
            "The manifest has the file roles.csv, but the bundle lacks it.",
        ),
        (
            {"manifest": MANIFEST.format(version="1.1", enrollments="absent", roles="absent")},
            "The bundle has no file enrollments.csv.",
        ),
        ({"users": "id,name\n1,Ada\n"}, "users.csv has no column sourcedId."),
        (
            {"users": 'sourcedId\n"u1\n'},
            "users.csv: A quotation mark in the row that begins in line 2 is never closed.",
        ),
        (
            {"courses": BUNDLE["courses.csv"].replace(",o1", ",o9")},
            "courses.csv, line 2: orgSourcedId “o9” is not in orgs.csv",
        ),
    ],
)
def test_unusable_bundle_is_refused_in_words(changes, message):
    assert refusal(**changes) == message


def test_bundle_without_a_manifest_is_refused():
    with pytest.raises(Unreadable, match=r"^There is no manifest\.csv"):
        read_bundle({"users.csv": b"sourcedId\n"}, name="roster")


def test_archive_may_have_the_files_in_one_folder():
    content = archive(
        ("roster/users.csv", "a"), ("roster/notes.txt", "b"), ("__MACOSX/users.csv", "c"), ("a/b/orgs.csv", "")
    )
    assert bundles.read_zip(content, FILES) == {"users.csv": b"a"}


@pytest.mark.parametrize("name", ["../users.csv", "/users.csv", "a/../../users.csv", "C:users.csv"])
def test_entry_that_leads_out_of_the_archive_is_refused(name):
    with pytest.raises(Unreadable, match="an unsafe path"):
        bundles.read_zip(archive((name, "a")), FILES)


def test_zip_bomb_is_refused_before_it_is_unpacked(settings):
    settings.IMPORT_MAX_BYTES = 1000
    bomb = archive(("users.csv", b"0" * 50_000_000))
    with pytest.raises(Unreadable, match="larger than 0 MB"):
        bundles.read_zip(bomb, FILES)


def test_archive_with_too_many_entries_is_refused():
    with pytest.raises(Unreadable, match="more than 100 entries"):
        bundles.read_zip(archive(*((f"{number}.csv", "") for number in range(101))), FILES)


def test_file_that_is_twice_in_an_archive_is_refused():
    with pytest.raises(Unreadable, match=r"has the file users\.csv twice"):
        bundles.read_zip(archive(("users.csv", "a"), ("x/users.csv", "b")), FILES)


def test_damaged_archive_is_refused():
    content = bytearray(archive(("users.csv", "sourcedId\n" * 1000)))
    content[60:80] = b"\0" * 20
    for broken in (bytes(content), b"PK\x03\x04 no archive"):
        with pytest.raises(Unreadable, match="damaged"):
            bundles.read_zip(broken, FILES)


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_archive_with_damaged_content_is_refused(packing):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packing) as bundle:
        bundle.writestr("users.csv", "sourcedId\n" * 1000)
    broken = bytearray(content.getvalue())
    broken[50:90] = b"\xff" * 40
    with pytest.raises(Unreadable, match="damaged"):
        bundles.read_zip(bytes(broken), FILES)


def test_folder_that_is_too_large_is_refused(tmp_path, settings):
    (tmp_path / "users.csv").write_bytes(b"x" * 4001)
    assert bundles.read_folder(tmp_path, FILES) == {"users.csv": b"x" * 4001}
    settings.IMPORT_MAX_BYTES = 1000
    with pytest.raises(Unreadable, match="larger than"):
        bundles.read_folder(tmp_path, FILES)
