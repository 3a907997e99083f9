"""An administrator finds only their own school. tests/security/test_access.py also checks this for every URL."""

from datetime import timedelta

import pytest
from django.contrib.admin import helpers
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import DEFAULT_ORGANISATION, Invitation, SecurityEvent, User
from classroom.domain.people.deletion import why_still_needed
from classroom.domain.retention import delete_sessions_past_retention
from classroom.infra.upload_tickets import issue_ticket
from classroom.models import Course, Term
from classroom.tasks import imports
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return factories.organisation("Hill School")


@pytest.fixture
def administrator(school, client):
    user = factories.user("administrator", "Hilla", organisation=school, is_superuser=False)
    client.force_login(user)
    return user


def names(response):
    return [row.name for row in response.context["list"].page.object_list]


def test_lists_and_counts_have_the_own_school_alone(client, administrator, school):
    factories.course(name="Valley maths")
    Term.objects.create(name="Valley term", first_day=NOW, last_day=NOW)
    course = factories.course(factories.teacher("Hill teacher", organisation=school), name="Hill maths")
    assert names(client.get(reverse("administration:courses"))) == ["Hill maths"]
    assert names(client.get(reverse("administration:people"))) == ["Hill teacher", "Hilla"]
    assert names(client.get(reverse("administration:terms"))) == []
    figures = client.get(reverse("administration:overview")).context["figures"]
    assert figures == {"courses": 1, "teachers": 1, "students": 0, "sessions": 0, "running": 0}
    page = client.get(reverse("administration:course", args=[course.pk]), {"find": "teacher"})
    assert page.context["people"] == []


def test_filters_offer_the_own_terms_teachers_and_courses(client, administrator, school):
    other = factories.course()
    term = Term.objects.create(name="Valley term", first_day=NOW, last_day=NOW)
    own = factories.course(factories.teacher(organisation=school))
    form = client.get(reverse("administration:courses"), {"term": term.pk}).context["list"].form
    assert form.errors == {"term": ["Select a valid choice. That choice is not one of the available choices."]}
    assert list(form.fields["teacher"].queryset) == [own.teachers.get()]
    people = client.get(reverse("administration:people"), {"course": other.pk}).context["list"].form
    assert list(people.fields["course"].queryset) == [own]


@pytest.mark.parametrize(
    ("page", "fields"),
    [
        ("course_new", {"name": "New"}),
        ("term_new", {"name": "New", "first_day": "2026-01-01", "last_day": "2026-02-01"}),
        ("person_new", {"name": "New", "email": "new@hill.example", "role": "student", "school_id": "7"}),
        ("invite", {"addresses": "new@hill.example", "role": "student", "language": "en"}),
    ],
)
def test_what_an_administrator_creates_belongs_to_their_school(client, administrator, page, fields):
    assert client.post(reverse(f"administration:{page}"), fields).status_code == 302
    model = {"course_new": Course, "term_new": Term, "person_new": User, "invite": Invitation}[page]
    assert model.objects.latest("pk").organisation == administrator.organisation


def test_names_of_terms_and_ids_are_those_of_one_school(client, administrator, school):
    fields = {"name": "Autumn", "first_day": "2026-01-01", "last_day": "2026-02-01"}
    Term.objects.create(**fields)
    assert client.post(reverse("administration:term_new"), fields).status_code == 302
    assert "Another term has this name." in client.post(reverse("administration:term_new"), fields).text
    factories.user(school_id="7")
    new = {"name": "New", "email": "new@hill.example", "role": "student", "school_id": "7"}
    assert client.post(reverse("administration:person_new"), new).status_code == 302
    again = client.post(reverse("administration:person_new"), new | {"email": "another@hill.example"})
    assert "Another account has this ID." in again.text


def test_staff_are_people_of_the_school(client, administrator, school):
    course = factories.course(factories.teacher(organisation=school))
    stranger = factories.teacher()
    page = reverse("administration:course_staff", args=[course.pk])
    assert client.post(page, {"add_teacher": stranger.pk}).status_code == 404
    assert stranger not in course.teachers.all()


def test_address_with_an_account_elsewhere_is_not_invited(client, administrator, school):
    course, stranger = factories.course(factories.teacher(organisation=school)), factories.user()
    fields = {"addresses": stranger.email, "role": "student", "language": "en", "course": course.pk}
    page = client.post(reverse("administration:invite"), fields, follow=True)
    assert f"Not invited, because they have accounts at another school: {stranger.email}" in page.text
    assert not course.enrolments.exists()


@pytest.mark.django_db(transaction=True)
def test_audit_log_has_events_of_the_school(client, administrator, school):
    factories.user(name="Valley student")
    factories.user(name="Hill student", organisation=school)
    log = client.get(reverse("administration:audit"), {"event": "account_created"}).text
    assert ("Hill student" in log, "Valley student" in log) == (True, False)
    file = b"".join(client.get(reverse("administration:audit_csv")).streaming_content).decode()
    assert ("Hill student" in file, "Valley student" in file) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_what_a_superuser_of_another_school_does_is_in_the_log_of_the_school_alone(client, administrator, school):
    teacher = factories.teacher("Hill teacher", organisation=school)
    course = factories.course(teacher, name="Hill maths")
    operator = factories.user("administrator", "Operator")
    client.force_login(operator)
    assert client.get(reverse("admin:accounts_user_change", args=[teacher.pk])).status_code == 200
    client.post(
        reverse("admin:classroom_course_changelist"),
        {"action": "renew_join_code", helpers.ACTION_CHECKBOX_NAME: course.pk},
    )
    done = SecurityEvent.objects.filter(actor=operator.pk, event__in=["data_viewed", "join_code_changed"])
    assert set(done.values_list("event", "organisation")) == {
        ("data_viewed", school.pk),
        ("join_code_changed", school.pk),
    }
    client.force_login(factories.user("administrator", is_superuser=False))
    log = client.get(reverse("administration:audit")).text
    assert ("Hill teacher" in log, "Hill maths" in log) == (False, False)


@pytest.mark.django_db(transaction=True)
def test_deletions_of_expired_classes_are_counted_for_each_school(school, settings):
    settings.RETENTION_DAYS = 1
    for organisation in (school, school, None):
        course = factories.course(**({"organisation": organisation} if organisation else {}))
        factories.session(course, started_at=NOW - timedelta(days=3), ended_at=NOW - timedelta(days=2))
    delete_sessions_past_retention(now=NOW)
    counted = SecurityEvent.objects.filter(event="expired_deleted").values_list("organisation", "details__sessions")
    assert set(counted) == {(school.pk, 2), (DEFAULT_ORGANISATION, 1)}


@pytest.mark.django_db(transaction=True)
def test_imports_know_the_school_alone(client, administrator, school):
    elsewhere = factories.user(school_id="1")
    factories.course(name="Maths")
    people = f"name,email,school_id\nZoe,zoe@hill.example,1\nMax,{elsewhere.email},2\n"
    refused = _import(client, administrator, people)
    assert "an account at another school has this e-mail address" in refused.text
    courses = "name,term\nMaths,\n"
    page = _import(client, administrator, people.replace(elsewhere.email, "max@hill.example"), courses)
    client.post(reverse("administration:import_confirm", args=[page.context["job"].id]))
    imports.thread.wait_until_idle()
    assert set(User.objects.in_organisation(school.pk).values_list("name", flat=True)) == {"Hilla", "Zoe", "Max"}
    assert Course.objects.in_organisation(school.pk).get().name == "Maths"


def test_administrator_does_not_get_hold_of_a_superuser(client, administrator, school):
    operator = factories.user("administrator", organisation=school)
    assert client.get(reverse("administration:person", args=[operator.pk])).status_code == 200
    for page in ("person_password", "person_sign_out", "person_edit", "person_deactivate", "person_delete"):
        assert client.post(reverse(f"administration:{page}", args=[operator.pk])).status_code == 404
    merge = reverse("administration:person_merge_with", args=[administrator.pk, operator.pk])
    assert client.post(merge).status_code == 404


def test_last_administrator_of_a_school_stays_whoever_administers_others(administrator):
    factories.user("administrator")
    needed = why_still_needed(administrator)
    assert needed is not None
    assert needed.courses == []


def test_health_is_for_superusers_once_there_are_several_schools(client):
    client.force_login(factories.user("administrator", is_superuser=False))
    assert client.get(reverse("administration:health")).status_code == 200
    factories.organisation()
    assert client.get(reverse("administration:health")).status_code == 404
    assert reverse("administration:health") not in client.get(reverse("administration:courses")).text


def _import(client, administrator, *files):
    uploads = [SimpleUploadedFile(f"{n}.csv", text.encode()) for n, text in enumerate(files)]
    page = reverse("administration:import_upload", args=[issue_ticket(administrator.pk)])
    job = client.post(page, {"files": uploads})["Location"]
    imports.thread.wait_until_idle()
    return client.get(job)
