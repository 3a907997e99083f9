from datetime import date
from unicodedata import normalize

import pytest

from classroom.models import Term
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LIST = "/administration/terms/"


@pytest.fixture
def admin(client):
    client.force_login(factories.user("administrator"))
    return client


@pytest.fixture
def autumn():
    return Term.objects.create(name="Autumn", first_day=date(2026, 8, 1), last_day=date(2026, 12, 31))


def test_term_is_created_and_changed(admin):
    body = {"name": "Autumn", "first_day": "2026-08-01", "last_day": "2026-12-31"}
    admin.post(f"{LIST}new/", body)
    term = Term.objects.get()
    assert (term.name, term.first_day, term.last_day) == ("Autumn", date(2026, 8, 1), date(2026, 12, 31))
    admin.post(f"{LIST}{term.pk}/", body | {"name": "Winter"})
    term.refresh_from_db()
    assert term.name == "Winter"


def test_name_is_stored_and_compared_in_unicodes_composed_form(admin):
    name, days = "Été", {"first_day": "2026-08-01", "last_day": "2026-12-31"}
    assert admin.post(f"{LIST}new/", {"name": normalize("NFD", name)} | days).status_code == 302
    assert Term.objects.get().name == normalize("NFC", name)
    assert admin.post(f"{LIST}new/", {"name": name} | days).status_code == 422


def test_length_counts_in_the_composed_form(admin):
    body = {"name": "\u0958" * 80, "first_day": "2026-08-01", "last_day": "2026-12-31"}  # composed: two signs each
    assert "80" in admin.post(f"{LIST}new/", body).content.decode()
    assert not Term.objects.exists()


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"name": "AUTUMN"}, "Another term has this name."),
        ({"last_day": "2026-07-31"}, "The last day is before the first."),
        ({"first_day": "0001-01-01"}, "This must be at least"),
        ({"first_day": "soon"}, "Enter a valid date."),
    ],
)
def test_term_that_cannot_be_is_refused_with_a_sentence(admin, autumn, changed, error):
    body = {"name": "Spring", "first_day": "2026-08-01", "last_day": "2026-12-31"} | changed
    response = admin.post(f"{LIST}new/", body)
    assert response.status_code == 422
    assert error in response.content.decode()
    assert list(Term.objects.all()) == [autumn]


@pytest.mark.parametrize("rows", [3, 300])
def test_list_takes_the_same_queries_for_any_number_of_terms(admin, django_assert_num_queries, rows):
    Term.objects.bulk_create(Term(name=f"Term {n}", first_day=NOW, last_day=NOW) for n in range(rows))
    # The sign-in, its user, the count and the page.
    with django_assert_num_queries(4):
        admin.get(LIST)


def test_list_counts_courses_with_and_without_archived_ones(admin, autumn):
    for archived_at in (None, None, NOW):
        factories.course(term=autumn, archived_at=archived_at)
    (row,) = admin.get(LIST).context["list"].page.object_list
    assert (row.current_courses, row.all_courses) == (2, 3)


def test_deleted_term_leaves_its_courses(admin, autumn):
    course = factories.course(term=autumn)
    admin.post(f"{LIST}{autumn.pk}/delete/")
    course.refresh_from_db()
    assert course.term is None
    assert not Term.objects.exists()
