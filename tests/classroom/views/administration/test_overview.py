import re
from datetime import date

import pytest

from classroom.models import Course, Term
from classroom.tasks import course_deletion
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
OVERVIEW = "/administration/"


@pytest.fixture
def admin(client):
    client.force_login(factories.user("administrator"))
    return client


def worth_a_look(client) -> list[tuple[str, str]]:
    """The address and the text of each line."""
    page = client.get(OVERVIEW).content.decode()
    listed = page.partition('data-testid="attention"')[2].partition("</ul>")[0]
    return re.findall(r'href="([^"]+)">\s*<span class="list__main">([^<]+)<', listed)


def test_running_class_is_not_held_yet(admin):
    course = factories.course()
    factories.session(course, ended_at=NOW)
    factories.session(course)
    page = admin.get(OVERVIEW).content.decode()
    figures = dict(re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", page))
    assert (figures["Classes held"], figures["Running now"]) == ("1", "1")
    assert [row.held for row in admin.get("/administration/courses/").context["list"].page] == [1]


def test_courses_to_look_after_lead_to_their_list(admin, settings):
    settings.MAIL_IS_SENT = True
    over = Term.objects.create(name="Over", first_day=date(2020, 1, 1), last_day=date(2020, 6, 1))
    factories.course(term=over), factories.course(term=over), factories.course(term=over, archived_at=NOW)
    Course.objects.create(name="Teacherless")
    assert worth_a_look(admin) == [
        ("/administration/courses/?state=teacherless", "1 course has no teacher"),
        ("/administration/courses/?state=over", "2 courses could be archived: their terms are over"),
    ]
    for address, expected in zip(worth_a_look(admin), (1, 2), strict=True):
        assert admin.get(address[0]).context["list"].page.paginator.count == expected


@pytest.mark.parametrize("mail_is_sent", [True, False])
def test_mails_that_are_not_sent_are_mentioned(admin, settings, mail_is_sent):
    settings.MAIL_IS_SENT = mail_is_sent
    expected = ("/administration/health/", "E-mail is not set up: nobody can reset a forgotten password")
    assert worth_a_look(admin) == ([] if mail_is_sent else [expected])


@pytest.mark.django_db(transaction=True)
def test_deletion_that_a_stopped_server_left_goes_on(admin, settings):
    settings.EMBEDDED = True
    factories.course(archived_at=NOW, deletion_began_at=NOW)
    admin.get(OVERVIEW)
    course_deletion.thread.wait_until_idle()
    assert not Course.objects.exists()
