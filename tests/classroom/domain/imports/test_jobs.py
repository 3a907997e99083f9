import logging

import pytest
from django.core import mail
from django.core.cache import cache

from accounts.models import User
from classroom.domain.imports import jobs
from classroom.domain.imports.job_runs import check, run
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
PEOPLE = "name,email\nAda,ada@example.org\nMüller,m@example.org\n"


@pytest.fixture
def admin():
    return factories.user("administrator")


@pytest.fixture
def job(admin):
    """An import of one file that is checked."""
    made = jobs.create_job(user=admin, uploads=[("people.csv", PEOPLE.encode("cp1252"))], language="en")
    check(made.id)
    return jobs.find_job(made.id, admin)


def read_again(job: jobs.Job) -> jobs.Job:
    assert jobs.read_again(job, index=0, kind="", encoding="cp1252", separator="")
    check(job.id)
    return jobs.load_job(job.id)


def stored(job: jobs.Job) -> list[str]:
    keys = [f"import:{job.id}", f"import-file:{job.id}:0", f"import-rows:{job.id}"]
    return [key for key in keys if cache.get(key) is not None]


def test_checked_files_say_how_they_were_read(job):
    [summary] = job.summaries
    assert (job.state, summary.how_read) == ("checked", "read as Windows-1252, separated by commas")
    assert [str(row) for _index, row in jobs.rows_of(job)] == [
        "new: Ada <ada@example.org>",
        "new: Müller <m@example.org>",
    ]
    assert jobs.progress_of(job) == (2, 2)
    assert not User.objects.filter(role="student").exists()


def test_words_are_in_the_administrators_language(admin):
    made = jobs.create_job(user=admin, uploads=[("p.csv", b"name,email\nAda,x\n")], language="hi")
    check(made.id)
    [(_index, row)] = jobs.rows_of(jobs.find_job(made.id, admin))
    assert row.details == ("“x” ई-मेल पता नहीं है",)


def test_confirmed_import_runs_and_deletes_the_files(job, admin):
    assert jobs.confirm(job)
    assert not jobs.confirm(jobs.find_job(job.id, admin))  # a second click
    run(job.id, now=NOW)
    run(job.id, now=NOW)  # a task that was delivered twice
    assert jobs.find_job(job.id, admin).state == "imported"
    assert User.objects.filter(role="student").count() == 2
    assert stored(job) == [f"import:{job.id}", f"import-rows:{job.id}"]


def test_import_is_not_run_when_its_outcome_would_differ_from_the_one_shown(job, admin):
    assert jobs.confirm(job)
    factories.user(name="Ada").__class__.objects.filter(name="Ada").update(email="ada@example.org")
    run(job.id, now=NOW)
    again = jobs.find_job(job.id, admin)
    assert (again.state, again.message) == (
        "checked",
        "People or courses have changed since the check. Nothing was imported; check the rows again.",
    )
    assert again.summaries[0].totals["unchanged"] == 1
    assert not User.objects.filter(name="Müller").exists()
    assert jobs.confirm(again)


def test_refused_rows_cannot_be_confirmed(admin):
    made = jobs.create_job(user=admin, uploads=[("p.csv", b"name,email\nAda,x\n")], language="en")
    check(made.id)
    assert not jobs.confirm(jobs.find_job(made.id, admin))


def test_unreadable_file_has_its_problem_and_can_be_read_differently(admin):
    uploads = [("p.csv", b"name,email\nM\xfcller,m@example.org\n"), ("book.csv", b"PK\x03\x04x")]
    made = jobs.create_job(user=admin, uploads=uploads, language="en")
    check(made.id)
    job = jobs.find_job(made.id, admin)
    assert [bool(file.problem) for file in job.files] == [False, True]
    assert (job.summaries, job.is_possible) == ([], False)
    assert jobs.read_again(job, index=0, kind="", encoding="utf-8", separator="")
    check(made.id)
    again = jobs.find_job(made.id, admin)
    assert again.files[0].problem == "Line 2 has characters that do not exist in UTF-8. Choose another encoding."


def test_only_the_uploader_sees_an_import(job):
    other = factories.user("administrator")
    assert (jobs.find_job(job.id, other), jobs.job_of(other)) == (None, None)


def test_new_upload_discards_the_former(job, admin):
    new = jobs.create_job(user=admin, uploads=[("p.csv", b"x")], language="en")
    assert (jobs.job_of(admin).id, stored(job)) == (new.id, [])


@pytest.mark.any_database  # Redis has its own clock
def test_files_are_kept_for_an_hour_at_most(admin, wall_clock):
    job = jobs.create_job(user=admin, uploads=[("people.csv", PEOPLE.encode())], language="en")
    wall_clock.advance(3000)
    check(job.id)
    assert len(stored(job)) == 3
    wall_clock.advance(601)
    assert stored(job) == []


def test_import_whose_process_has_ended_fails(admin, wall_clock):
    job = jobs.create_job(user=admin, uploads=[("people.csv", PEOPLE.encode())], language="en")
    wall_clock.advance(jobs.STALLED_S + 1)
    jobs.progress_of(job)
    failed = jobs.find_job(job.id, admin)
    assert (failed.state, failed.message) == (
        "failed",
        "The server stopped during the import. Nothing was imported.",
    )


def test_failed_import_can_be_confirmed_after_another_check(job, admin):
    job = read_again(job)
    assert jobs.confirm(job)
    assert not jobs.confirm(job)
    jobs.fail_job(job, "The server cannot process this now.")
    assert jobs.confirm(read_again(job))


def test_failure_is_logged_without_a_word_of_the_files(admin, caplog):
    job = jobs.create_job(user=admin, uploads=[("people.csv", PEOPLE.encode())], language="en")
    admin.delete()  # a process working on it needs them
    with caplog.at_level(logging.DEBUG):
        check(job.id)
    assert "DoesNotExist" in caplog.text
    assert "example.org" not in caplog.text
    assert jobs.load_job(job.id).state == "failed"


def test_former_addresses_are_notified_once_the_import_is_over(admin):
    ada, bob = factories.user(name="Ada", school_id="7", language="hi"), factories.user(name="Bob", school_id="8")
    former = ada.email
    text = f"email,school_id\nnew@example.org,7\n{bob.email},8\n"
    made = jobs.create_job(user=admin, uploads=[("people.csv", text.encode())], language="en")
    check(made.id)
    assert mail.outbox == []
    assert jobs.confirm(jobs.find_job(made.id, admin))
    run(made.id, now=NOW)
    [told] = mail.outbox
    assert told.to == [former]
    assert f"{former} से साइन इन नहीं कर सकते" in told.body


def test_former_addresses_are_no_longer_notified_once_the_mail_server_fails(admin, settings, caplog):
    people = [factories.user(school_id=f"I{n}") for n in range(6)]
    rows = "".join(f"new{n}@example.org,I{n}\n" for n in range(len(people)))
    made = jobs.create_job(user=admin, uploads=[("people.csv", f"email,school_id\n{rows}".encode())], language="en")
    check(made.id)
    assert jobs.confirm(jobs.find_job(made.id, admin))
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    run(made.id, now=NOW)
    assert jobs.find_job(made.id, admin).state == "imported"
    assert "3 former addresses are not notified" in caplog.text
    assert "@" not in caplog.text


def test_job_knows_the_accounts_that_it_created(job, admin):
    assert jobs.confirm(job)
    run(job.id, now=NOW)
    created = User.objects.filter(pk__in=jobs.find_job(job.id, admin).created)
    assert set(created.values_list("name", flat=True)) == {"Ada", "Müller"}
