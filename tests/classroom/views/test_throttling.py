"""Rate limits of downloads and previews."""

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from rest_framework.throttling import UserRateThrottle

from classroom.alert_rules import DEFAULTS
from classroom.models import AlertRule
from classroom.views.throttling import ComparisonThrottle, DownloadThrottle, PreviewThrottle
from tests import factories
from tests.factories import NOW
from tests.server import free_port

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
RATES = dict(UserRateThrottle.THROTTLE_RATES)
# Fewer than in the product, to request fewer pages.
DOWNLOADS = 5
PREVIEWS = 3
COMPARISONS = 6


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The throttles' clock, which stands still until a test advances it."""
    seconds = [1_000_000.0]
    limits = {ComparisonThrottle: COMPARISONS, DownloadThrottle: DOWNLOADS, PreviewThrottle: PREVIEWS}
    for throttle, times in limits.items():
        monkeypatch.setattr(throttle, "timer", staticmethod(lambda: seconds[0]))
        monkeypatch.setitem(UserRateThrottle.THROTTLE_RATES, throttle.scope, f"{times}/min")
    return seconds


@pytest.fixture
def session():
    return factories.session(ended_at=NOW + timedelta(minutes=10))


@pytest.fixture
def as_teacher(client, session):
    client.force_login(session.course.teachers.get())
    return client


def csv_of(session) -> str:
    return f"/sessions/{session.pk}/students.csv"


def statuses(client, path: str, times: int) -> list[int]:
    return [client.get(path).status_code for _ in range(times)]


def settings_sent(**changes) -> dict[str, object]:
    data: dict[str, object] = {"preset": "custom"}
    for kind, rule in DEFAULTS.items():
        data |= {f"{kind}-enter": round(rule.enter * 100), f"{kind}-leave": round(rule.leave * 100)}
        data |= {f"{kind}-{name}": getattr(rule, name) for name in ("hold_s", "recover_s", "cooldown_s")}
    return data | changes


def previews(client, session, times: int, **changes):
    path, sent = f"/courses/{session.course_id}/alerts/", settings_sent(preview="1", session=session.pk, **changes)
    return [client.post(path, sent) for _ in range(times)]


def test_limits_of_the_product():
    limited = {name: RATES[name] for name in ("downloads", "previews", "comparisons")}
    assert limited == {"downloads": "30/min", "previews": "20/min", "comparisons": "60/min"}


@pytest.mark.services  # counts in the cache
def test_downloads_are_limited(as_teacher, session):
    assert statuses(as_teacher, csv_of(session), DOWNLOADS + 1) == [200] * DOWNLOADS + [429]


def test_refused_download_says_when_to_try_again(as_teacher, session, clock):
    as_teacher.get(csv_of(session))
    clock[0] += 12.5
    statuses(as_teacher, csv_of(session), DOWNLOADS - 1)
    response = as_teacher.get(csv_of(session))
    assert response["Retry-After"] == "48"
    assert "Try again in 48 seconds." in response.content.decode()
    assert [template.name for template in response.templates][:1] == ["429.html"]
    assert "Content-Disposition" not in response


def test_download_is_allowed_after_the_wait(as_teacher, session, clock):
    statuses(as_teacher, csv_of(session), DOWNLOADS)
    wait = int(as_teacher.get(csv_of(session))["Retry-After"])
    clock[0] += wait - 1
    assert statuses(as_teacher, csv_of(session), 1) == [429]
    clock[0] += 1
    assert statuses(as_teacher, csv_of(session), 1) == [200]


def test_all_downloads_of_a_user_share_one_limit(as_teacher, session):
    at, course = f"/sessions/{session.pk}", f"/courses/{session.course_id}"
    ada = factories.student_of(session.course)
    factories.attendance(session, ada)
    paths = [
        *(f"{at}/{name}.csv" for name in ("students", "attendance", "readings")),
        f"{course}/sessions.csv",
        f"{course}/students/{ada.pk}/sessions.csv",
    ]
    for path in paths:
        assert as_teacher.get(path).status_code == 200
    assert [as_teacher.get(path).status_code for path in paths] == [429] * 5


def test_each_user_has_a_separate_limit(client, session):
    ada, ben = factories.student_of(session.course), factories.student_of(session.course)
    path = f"/sessions/{session.pk}/mine/readings.csv"
    client.force_login(ada)
    assert statuses(client, path, DOWNLOADS + 1)[-1] == 429
    assert statuses(client, f"/courses/{session.course_id}/mine/sessions.csv", 1) == [429]
    client.force_login(ben)
    assert statuses(client, path, 1) == [200]


def test_pages_stay_available_when_downloads_are_refused(as_teacher, session):
    statuses(as_teacher, csv_of(session), DOWNLOADS + 1)
    assert statuses(as_teacher, f"/sessions/{session.pk}/", 1) == [200]


def test_pages_about_all_classes_of_a_course_share_one_limit(as_teacher, session):
    course, ada = f"/courses/{session.course_id}", factories.student_of(session.course)
    pages = [f"{course}/term/", f"{course}/register/", f"{course}/students/{ada.pk}/"]
    for page in pages:
        assert statuses(as_teacher, page, COMPARISONS // 3) == [200] * (COMPARISONS // 3)
    assert [as_teacher.get(page).status_code for page in pages] == [429] * 3
    assert statuses(as_teacher, f"{course}/register.csv", 1) == [200]
    as_teacher.force_login(ada)
    mine = statuses(as_teacher, f"{course}/mine/", COMPARISONS + 1)
    assert mine == [200] * COMPARISONS + [429]


def test_previews_are_limited(as_teacher, session):
    answers = previews(as_teacher, session, PREVIEWS + 1)
    assert [answer.status_code for answer in answers] == [200] * PREVIEWS + [429]
    assert answers[-1]["Retry-After"] == "60"
    assert "Try again in 60 seconds." in answers[-1].content.decode()
    assert answers[-1].context["preview"] is None


def test_refused_preview_keeps_the_submitted_settings(as_teacher, session):
    *_, refused = previews(as_teacher, session, PREVIEWS + 1, **{"student_away-hold_s": 77})
    assert 'value="77"' in refused.content.decode()


def test_saving_is_not_limited(as_teacher, session):
    previews(as_teacher, session, PREVIEWS + 1)
    path = f"/courses/{session.course_id}/alerts/"
    assert as_teacher.post(path, settings_sent()).url == path
    assert AlertRule.objects.count() == len(DEFAULTS)


def test_invalid_settings_do_not_count_as_previews(as_teacher, session):
    previews(as_teacher, session, PREVIEWS, **{"student_away-hold_s": "many"})
    assert [answer.status_code for answer in previews(as_teacher, session, 1)] == [200]


def test_downloads_are_unlimited_when_the_cache_is_unavailable(as_teacher, session, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"redis://127.0.0.1:{free_port()}/0",
        }
    }
    assert statuses(as_teacher, csv_of(session), 2) == [200] * 2


def test_page_429_works_without_a_wait(rf):
    assert "Try again in a few minutes." in render_to_string("429.html", request=rf.get("/"))
