import pytest
from django.test import RequestFactory
from django_filters import FilterSet

from classroom.forms.list_filters import SearchFilter
from classroom.models import Course
from classroom.views.administration.lists import Column, ListPage, list_page
from tests import factories

pytestmark = pytest.mark.django_db
COLUMNS = [
    Column("name", "Name", ("sort_key",)),
    Column("teachers", "Teachers"),
    Column("created", "Created", ("created_at",)),
]


class CourseFilters(FilterSet):
    search = SearchFilter("name", "teachers__name")


def listed(query: str = "", per_page: int = 2) -> ListPage:
    request = RequestFactory().get(f"/?{query}")
    return list_page(request, CourseFilters(request.GET, Course.objects.all()), COLUMNS, per_page=per_page)


def names(page: ListPage) -> list[str]:
    return [course.name for course in page.page.object_list]


@pytest.fixture
def courses():
    ada, bo = factories.teacher("Ada Lovelace"), factories.teacher("Bo Ada")
    return [
        factories.course(ada, bo, name="Algebra"),
        factories.course(bo, name="Zoology"),
        factories.course(name="Art"),
    ]


def test_list_begins_with_the_first_column(courses):
    page = listed()
    assert names(page) == ["Algebra", "Art"]
    assert page.page.paginator.count == 3
    assert not page.is_filtered


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["Algebra", "Art", "Zoology"]),
        ("-name", ["Zoology", "Art", "Algebra"]),
        ("-created", ["Art", "Zoology", "Algebra"]),
        ("teachers", ["Algebra", "Art", "Zoology"]),
        ("-nothing", ["Algebra", "Art", "Zoology"]),
    ],
)
def test_list_is_sorted_by_the_column_of_the_address(courses, sort, expected):
    assert names(listed(f"sort={sort}", per_page=3)) == expected


def test_headers_sort_and_then_turn_the_order(courses):
    name, teachers, created = listed("search=a&sort=name&page=2").headers
    assert (name.query, name.direction) == ("search=a&sort=-name", "ascending")
    assert (teachers.query, teachers.direction) == ("", "")
    assert (created.query, created.direction) == ("search=a&sort=created", "")


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("ada", ["Algebra", "Zoology"]),
        ("zoo", ["Zoology"]),
        ("ADA+zoo", ["Zoology"]),
        ("ada+art", []),
        ("%25", []),
        ("+", ["Algebra", "Art", "Zoology"]),
    ],
)
def test_search_finds_rows_that_have_each_word(courses, search, expected):
    page = listed(f"search={search}", per_page=3)
    assert names(page) == expected
    assert page.page.paginator.count == len(expected)


@pytest.mark.parametrize(("number", "expected"), [("2", ["Zoology"]), ("99", ["Zoology"]), ("x", ["Algebra", "Art"])])
def test_list_is_paged(courses, number, expected):
    page = listed(f"sort=name&page={number}")
    assert names(page) == expected
    assert page.query == "sort=name"


def test_search_of_too_many_characters_filters_nothing_and_says_so(courses):
    page = listed(f"search={'a' * 201}", per_page=3)
    assert names(page) == ["Algebra", "Art", "Zoology"]
    assert "search" in page.form.errors
