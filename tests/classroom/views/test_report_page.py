"""The report's verdict, the absent by name, folded alerts and links into the timeline."""

import re
from datetime import timedelta

import pytest

from classroom.domain.sessions import end_session
from classroom.models import Alert, Enrolment
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
MINUTE = timedelta(minutes=1)
END = NOW + 30 * MINUTE
HINDI_TITLE = "मानक विचलन और सहसंबंध " * 9 + "औ"


@pytest.fixture
def session():
    return factories.session(factories.course())


def attend(session, name, joined=0, left=30):
    student = factories.student_of(session.course, name)
    factories.attendance(session, student, joined_at=NOW + joined * MINUTE, left_at=NOW + left * MINUTE)
    return student


def report(client, session):
    Enrolment.objects.update(joined_at=NOW)
    end_session(session=session, now=END)
    client.force_login(session.course.teachers.get())
    response = client.get(f"/sessions/{session.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def names_in(page, testid):
    [part] = re.findall(rf'data-testid="{testid}">(.*?)</ul>', page, re.DOTALL) or [""]
    return re.findall(r"<a [^>]*>(.*?)</a>", part)


def alert(session, minute, student=None, kind="student_away", lasts_s=60, **fields):
    at = NOW + minute * MINUTE
    figures = {"seconds": 60, "matching": 30, "snapshots": 38, "present": 3, "peak": 6}
    return Alert.objects.create(
        session=session,
        student=student,
        kind=kind,
        pending_at=at,
        fired_at=at,
        recovered_at=at + timedelta(seconds=lasts_s),
        figures=figures,
        **fields,
    )


def test_report_begins_with_its_verdict(client, session):
    attend(session, "Ada", joined=6)
    factories.student_of(session.course, "Ben")
    page = report(client, session)
    assert "1 of 2 students came; 1 arrived late. No face was readable" in page
    assert page.index('data-testid="verdict"') < page.index('class="figures"')


def test_report_names_the_absent_the_late_and_those_who_left_early(client, session):
    attend(session, "Ada", joined=6)
    attend(session, "Ben", left=20)
    attend(session, "Cy")
    factories.student_of(session.course, "Zoe")
    factories.student_of(session.course, "Dee")
    page = report(client, session)
    assert names_in(page, "absent") == ["Dee", "Zoe"]
    assert names_in(page, "late") == ["Ada"]
    assert names_in(page, "left-early") == ["Ben"]


def test_report_says_so_when_nobody_was_missing(client, session):
    attend(session, "Ada")
    page = report(client, session)
    assert "Nobody was absent, late or left early." in page
    assert 'data-testid="absent"' not in page


@pytest.mark.parametrize(("late", "expected"), [(1, False), (3, True)])
def test_report_suspects_the_start_when_most_were_late(client, session, late, expected):
    for number in range(3):
        attend(session, f"Student {number}", joined=10 if number < late else 0)
    assert ("the class may have been opened early" in report(client, session)) is expected


def test_report_of_a_class_where_all_were_absent(client, session):
    for name in ("Ada", "Ben"):
        factories.student_of(session.course, name)
    page = report(client, session)
    assert "None of the 2 students came." in page
    assert names_in(page, "absent") == ["Ada", "Ben"]


def test_report_without_any_student(client, session):
    page = report(client, session)
    assert "Nobody joined this class." in page
    assert 'data-testid="attendance"' not in page


def test_report_of_three_hundred_absent_names_them_all(client, session):
    attend(session, "Ada")
    for number in range(299):
        factories.student_of(session.course, f"Student {number:03}")
    page = report(client, session)
    assert names_in(page, "absent") == [f"Student {number:03}" for number in range(299)]


def test_report_of_a_student_removed_in_mid_class(client, session):
    ada = attend(session, "Ada", left=10)
    attend(session, "Ben")
    ada.enrolments.all().delete()
    session.course.past_enrolments.update(joined_at=NOW, left_at=NOW + 10 * MINUTE)
    page = report(client, session)
    assert "All 2 students came." in page
    assert "removed from the course" in page
    assert names_in(page, "left-early") == []


def test_report_has_a_long_title_in_hindi_unchanged(client, session):
    assert len(HINDI_TITLE) == 199
    type(session).objects.update(topic=HINDI_TITLE)
    session.refresh_from_db()
    assert HINDI_TITLE in report(client, session)


def test_few_alerts_are_not_folded(client, session):
    ada = attend(session, "Ada")
    for minute in range(8):
        alert(session, minute, ada)
    page = report(client, session)
    assert page.count('data-testid="alert-row"') == 8
    assert 'data-testid="all-events"' not in page


def test_many_alerts_are_folded_to_the_gravest_in_order_of_time(client, session):
    ada, ben = attend(session, "Ada"), attend(session, "Ben")
    for minute in range(10):
        alert(session, minute, ada, lasts_s=30 if minute != 7 else 90)
    of_class = alert(session, 20, kind="presence_low")
    alert(session, 15, ben, explained_by=of_class, lasts_s=600)
    page = report(client, session)
    gravest = page[page.index('data-testid="gravest"') : page.index('data-testid="all-events"')]
    assert "Show all 12 alerts" in page
    assert re.findall(r'data-jump="(\d+)', gravest) == [
        str(int((NOW + minute * MINUTE).timestamp())) for minute in (0, 1, 2, 7, 20)
    ]
    assert "Ben" not in gravest
    assert page.count('data-testid="alert-row"') == 12


def test_moments_and_events_lead_to_their_time_in_the_timeline(client, session):
    attend(session, "Ada")
    fired = alert(session, 20, kind="presence_low")
    page = report(client, session)
    links = re.findall(r'<a href="#timeline-title" data-jump="([\d.]+)">', page)
    assert [float(at) for at in links] == [fired.fired_at.timestamp()] * 2
    assert 'id="timeline-title"' in page


def test_shares_of_the_legend_are_rounded_like_those_of_the_table(client, session):
    student = attend(session, "Ada", left=1.25)
    for window, expression in enumerate(["happy", *["neutral"] * 7]):
        factories.reading(session, student, after_s=10 * window + 5, expression=expression)
    page = report(client, session)
    [legend] = re.findall(r'<ul class="legend".*?</ul>', page, re.DOTALL)
    assert re.findall(r'data-expression="happy">.*?legend__number">(.*?)<', legend, re.DOTALL) == ["13 %"]
    assert "Happy 13 %" in page


def test_moment_with_one_student_is_in_the_singular(client, session):
    student = attend(session, "Ada")
    for minute in range(5):
        for after_s in (5, 15, 25, 35, 45, 55):
            expression = "sad" if minute == 4 else "neutral"
            factories.reading(session, student, after_s=60 * minute + after_s, expression=expression)
    assert "Based on 1 of 1 student present." in report(client, session)
