import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.bulk_changes import ChangedMeanwhile
from accounts.models import SecurityEvent, User
from classroom.domain.imports.plan import RowsRefused
from tests import factories
from tests.classroom.domain.imports.plans import plan, words, write
from tests.factories import NOW

pytestmark = pytest.mark.django_db
NO_RIGHTS = "a file cannot change an administrator’s rights or make anyone an administrator"
HEADER = "name,email,role,school_id,language\n"


def stored(email: str) -> tuple:
    return User.objects.values_list("name", "role", "school_id", "language").get(email=email)


def test_new_people_are_created_without_a_password():
    text = HEADER + "Ada King,ADA@example.org,Teacher,T-1,Hindi\nBob,bob@example.org,,,\n"
    assert words(text) == ["2 new: Ada King <ada@example.org>", "3 new: Bob <bob@example.org>"]
    assert User.objects.count() == 0
    write(text)
    assert stored("ada@example.org") == ("Ada King", "teacher", "T-1", "hi")
    assert stored("bob@example.org") == ("Bob", "student", "", "")
    assert not User.objects.get(email="ada@example.org").has_usable_password()


def test_names_may_come_in_two_columns():
    write("First name;Surname;Mail\nAda;King;ada@example.org\n")
    assert stored("ada@example.org")[0] == "Ada King"


def test_known_people_are_found_by_id_then_by_address():
    ada = factories.user(name="Ada", school_id="7")
    bob = factories.user(name="Bob")
    text = f"{HEADER}Ada King,new@example.org,,7,\nBob,{bob.email},teacher,8,en\n"
    assert words(text) == [
        f"2 changed: Ada King <new@example.org> (name: Ada → Ada King; e-mail address: {ada.email} → new@example.org)",
        f"3 changed: Bob <{bob.email}> (role: student → teacher; school’s ID: – → 8; language: – → en)",
    ]
    write(text)
    assert User.objects.values_list("name", "email").get(pk=ada.pk) == ("Ada King", "new@example.org")
    assert stored(bob.email) == ("Bob", "teacher", "8", "en")


def test_empty_cells_and_missing_columns_leave_what_is_stored():
    ada = factories.user("teacher", name="Ada", school_id="7", language="hi")
    assert words(f"{HEADER},{ada.email},,,\n") == [f"2 unchanged: Ada <{ada.email}>"]
    assert words(f"school_id\n{ada.school_id}\n") == [f"2 unchanged: Ada <{ada.email}>"]


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Ada,,,9,", "nobody has this ID, and a new person needs an e-mail address"),
        (",a@example.org,,,", "a new person needs a name"),
        ("\u200b,a@example.org,,,", "the name has no visible character"),
        ("=1+1,a@example.org,,,", "“=1+1” would run as a formula in a spreadsheet"),
        ("@ada,a@example.org,,,", "“@ada” would run as a formula in a spreadsheet"),
        ("Ada,a@example.org,,-9,", "“-9” would run as a formula in a spreadsheet"),
        (f"{'x' * 121},a@example.org,,,", f"“{'x' * 40}…” has more than 120 characters"),
        ("Ada,a@example,,,", "“a@example” is not an e-mail address"),
        ("Ada,a@simulation.invalid,,,", "addresses that end with @simulation.invalid are reserved"),
        ("Ada,a@example.org,boss,,", "“boss” is not a role; use student or teacher"),
        ("Ada,a@example.org,,,Klingon", "“Klingon” is not a language of these pages; use en or hi"),
        (f"Ada,a@example.org,,{'9' * 65},", f"“{'9' * 40}…” has more than 64 characters"),
        ("Ada,a@example.org,admin,,", NO_RIGHTS),
        ("Ada,a@example.org,,,,x", "the row has 6 cells, the header 5"),
    ],
)
def test_row_is_refused_in_words(row, reason):
    [row_outcome] = plan(f"{HEADER}{row}\n").files[0].outcomes
    assert (row_outcome.outcome, row_outcome.details) == ("refused", (reason,))


def test_all_reasons_of_a_row_are_given():
    [outcome] = plan(f"{HEADER}Ada,a@example,boss,,\n").files[0].outcomes
    assert set(outcome.details) == {
        "“a@example” is not an e-mail address",
        "“boss” is not a role; use student or teacher",
    }


def test_administrators_keep_their_role():
    admin = factories.user("administrator", name="Root")
    assert words(f"email,role\n{admin.email},administrator\n") == [f"2 unchanged: Root <{admin.email}>"]
    for text in (f"email,role\n{admin.email},student\n", f"email,status\n{admin.email},inactive\n"):
        assert plan(text).files[0].outcomes[0].details == (NO_RIGHTS,)


def test_administrators_keep_their_address():
    factories.user("administrator", name="Root", school_id="7")
    [outcome] = plan("school_id,email,name\n7,elsewhere@example.org,Root\n").files[0].outcomes
    assert outcome.details == ("a file cannot change an administrator’s e-mail address",)
    assert words("school_id,email,name\n7,,Ruth\n") == [
        f"2 changed: Ruth <{User.objects.get().email}> (name: Root → Ruth)"
    ]


def test_status_deactivates_an_account_and_creates_none(django_capture_on_commit_callbacks):
    ada = factories.user(name="Ada")
    text = f"email,name,status\n{ada.email},,inactive\nnew@example.org,New,inactive\n"
    assert words(text) == [
        f"2 changed: Ada <{ada.email}> (account: active → deactivated)",
        "3 unchanged: New <new@example.org>",
    ]
    with django_capture_on_commit_callbacks(execute=True):
        write(text)
    assert list(User.objects.values_list("email", "is_active")) == [(ada.email, False)]
    assert SecurityEvent.objects.filter(event="account_deactivated", subject=ada).count() == 1


def test_only_teacher_of_a_course_is_deactivated_if_another_comes_with_the_import():
    ada, bob = factories.teacher("Ada"), factories.teacher("Bob")
    for name, archived_at in (("Logic", None), ("Last year", NOW)):
        factories.course(ada, name=name, archived_at=archived_at)
    leave = f"email,status\n{ada.email},inactive\n"
    assert words(leave) == [f"2 refused: Ada <{ada.email}> (no other teacher is in “Logic”)"]
    changed = f"2 changed: Ada <{ada.email}> (account: active → deactivated)"
    assert words(leave, f"person,course,role\n{bob.email},Logic,teacher\n")[0] == changed
    new = "name,email,role\nCid,c@example.org,teacher\n"
    assert words(leave, new, "person,course,role\nc@example.org,Logic,teacher\n")[0] == changed
    both = factories.course(ada, bob, name="Maths")
    assert words(leave + f"{bob.email},inactive\n", f"person,course,role\n{bob.email},Logic,teacher\n")[:2] == [
        f"2 refused: Ada <{ada.email}> (no other teacher is in “{both}”)",
        f"3 refused: Bob <{bob.email}> (no other teacher is in “{both}”)",
    ]


def test_id_of_one_and_address_of_another_person_is_refused():
    factories.user(name="Ada", school_id="7")
    bob = factories.user(name="Bob")
    [outcome] = plan(f"email,school_id\n{bob.email},7\n").files[0].outcomes
    assert outcome.details == ("the ID belongs to Ada, the e-mail address to Bob",)


def test_doubles_in_a_file_are_refused_with_both_lines():
    ada = factories.user(name="Ada", school_id="7")
    text = f"{HEADER}Bob,b@example.org,,1,\nBo,B@example.org,,2,\nBen,c@example.org,,1,\nA,{ada.email},,,\nA,,,7,\n"
    reasons = [row.details for row in plan(text).files[0].outcomes]
    assert reasons[1:3] == [
        ("lines 2 and 3 have the same e-mail address",),
        ("lines 2 and 4 have the same ID",),
    ]
    assert reasons[4] == ("lines 5 and 6 are about the same person",)


def test_nothing_is_written_when_one_row_is_refused():
    planned = plan(HEADER + "Ada,ada@example.org,,,\nBob,bob,,,\n")
    assert (planned.is_possible, planned.totals[0]["new"], planned.totals[0]["refused"]) == (False, 1, 1)
    with pytest.raises(RowsRefused):
        planned.write(now=NOW)
    assert User.objects.count() == 0


def test_nothing_is_written_when_somebody_has_changed_a_person_meanwhile():
    ada = factories.user(name="Ada")
    planned = plan(f"name,email\nAda King,{ada.email}\nBob,bob@example.org\n")
    User.objects.filter(pk=ada.pk).update(language="hi")
    with pytest.raises(ChangedMeanwhile):
        planned.write(now=NOW)
    assert not User.objects.filter(name="Bob").exists()


def test_nothing_is_written_when_an_address_was_taken_meanwhile():
    planned = plan("name,email\nAda,ada@example.org\nBob,bob@example.org\n")
    User.objects.create_user("bob@example.org", None, name="Another")
    with pytest.raises(ChangedMeanwhile):
        planned.write(now=NOW)
    assert User.objects.get().name == "Another"


def test_namesakes_are_told_apart():
    factories.user(name="Kim")
    lee = factories.user(name="Lee")
    write(f"name,email\nKim,k1@example.org\nKIM,k2@example.org\nKim,{lee.email}\n")
    shown = User.objects.filter(email__startswith="k").values_list("display_name", flat=True)
    assert sorted(shown) == ["KIM (k2)", "Kim (k1)"]
    lee.refresh_from_db()
    assert lee.display_name == f"Kim ({lee.email.partition('@')[0]})"


def test_security_log_has_who_imported_what(django_capture_on_commit_callbacks):
    admin, ada = factories.user("administrator"), factories.user(name="Ada", school_id="7")
    EmailAddress.objects.create(user=ada, email=ada.email, verified=True, primary=True)
    with django_capture_on_commit_callbacks(execute=True):
        write(f"{HEADER}Bob,bob@example.org,,,\nAda King,new@example.org,teacher,7,hi\n", actor=admin)
    events = SecurityEvent.objects.filter(actor=admin).order_by("pk")
    bob = User.objects.get(name="Bob")
    assert [(each.event, each.subject_id, each.details) for each in events] == [
        ("account_created", bob.pk, {"role": "student"}),
        ("email_changed", ada.pk, {}),
        ("name_changed", ada.pk, {}),
        ("profile_changed", ada.pk, {"fields": ["language"]}),
        ("role_changed", ada.pk, {"old": "student", "new": "teacher"}),
        ("data_imported", None, {"kind": "people", "new": 1, "changed": 1}),
    ]
    assert not EmailAddress.objects.exists()  # nobody can sign in with the former address


@pytest.mark.parametrize("known", [False, True], ids=["new", "changed"])
def test_number_of_queries_grows_by_batches_alone(known):
    def queries(count: int) -> int:
        emails = [f"{count}-{number}@example.org" for number in range(count)]
        if known:
            User.objects.bulk_create(User(email=email, name=f"Before {email}") for email in emails)
        text = "name,email\n" + "".join(f"Person {email},{email}\n" for email in emails)
        with CaptureQueriesContext(connection) as captured:
            write(text)
        return len(captured)

    assert queries(3) == queries(40)
