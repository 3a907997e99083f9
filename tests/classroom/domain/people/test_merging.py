from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import SecurityEvent, User
from accounts.security_log.events import numbers_of
from classroom.domain.audit import looks_at
from classroom.domain.consent.consents import grant_consent, withdraw_consent
from classroom.domain.courses.membership import block_students
from classroom.domain.history.rollups import is_due, roll_up
from classroom.domain.people.merging import MergeRefused, merge_accounts, preview_merge
from classroom.domain.personal_data.registry import sections
from classroom.models import (
    Attendance,
    ClassWindow,
    Enrolment,
    PastEnrolment,
    Reading,
    Removal,
    SelfReport,
    Stay,
    StudentMinute,
)
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
END = NOW + timedelta(minutes=30)


@pytest.fixture
def by():
    return factories.user("administrator")


@pytest.fixture
def course():
    return factories.course()


@pytest.fixture
def kept(course):
    return factories.student_of(course, "Ada Lovelace")


@pytest.fixture
def merged():
    return factories.user("student", "A. Lovelace")


def merge(kept, merged, by):
    merge_accounts(kept=kept, merged=merged, by=by, now=NOW + timedelta(hours=1))


def values_of(readings):
    fields = [field.attname for field in Reading._meta.concrete_fields if field.name not in ("student", "received_at")]
    return sorted(readings.values_list(*fields))


def attended(course, student, *, seconds, joined_s=0, **fields):
    session = course.sessions.first() or factories.session(course, ended_at=END)
    start = session.started_at
    factories.attendance(
        session, student, joined_at=start + timedelta(seconds=joined_s), left_at=start + timedelta(minutes=20)
    )
    for second in seconds:
        factories.reading(session, student, after_s=second, **fields)
    return session


def test_session_that_both_attended_keeps_every_reading_once_and_both_stays(course, kept, merged, by):
    session = attended(course, kept, seconds=[1, 5, 70])
    attended(course, merged, seconds=[3, 5, 130], joined_s=60, expression="sad")
    before = values_of(Reading.objects.all())
    merge(kept, merged, by)
    assert values_of(Reading.objects.filter(student=kept, session=session)) == before
    attendance = Attendance.objects.get()
    assert (attendance.student, attendance.stays.count()) == (kept, 2)
    assert attendance.latest_reading.captured_at == NOW + timedelta(seconds=130)
    # The reading that both received in the same microsecond is also there.
    times = Reading.objects.filter(captured_at=NOW + timedelta(seconds=5)).values_list("received_at", flat=True)
    assert sorted(at - NOW for at in times) == [timedelta(seconds=5), timedelta(seconds=5, microseconds=1)]


def test_rollups_are_made_again_with_the_readings_of_both(course, kept, merged, by):
    session = attended(course, kept, seconds=[1, 5])
    attended(course, merged, seconds=[3], expression="sad")
    now = timezone.now()
    assert roll_up(session=session, now=now)
    assert set(ClassWindow.objects.values_list("present", flat=True)) == {2}
    merge(kept, merged, by)
    session.refresh_from_db()
    assert is_due(session, now)
    assert roll_up(session=session, now=now)
    assert set(ClassWindow.objects.values_list("present", flat=True)) == {1}
    minute = StudentMinute.objects.get()
    assert (minute.student, minute.readings, minute.certain) == (kept, 3, 3)


def test_minutes_move_and_are_joined_where_the_readings_are_deleted(course, kept, merged, by):
    session = attended(course, kept, seconds=[1, 5])
    attended(course, merged, seconds=[3, 63], expression="sad")
    roll_up(session=session, now=timezone.now())
    Reading.objects.all().delete()
    merge(kept, merged, by)
    first, second = StudentMinute.objects.order_by("at")
    assert {first.student, second.student} == {kept}
    assert (first.readings, second.readings) == (3, 1)
    assert first.happy == pytest.approx((2 * 0.7 + 0.05) / 3)


def test_enrolments_answers_staff_roles_and_the_school_s_id_move(course, kept, merged, by):
    other = factories.course()
    Enrolment.objects.create(course=other, student=merged)
    Enrolment.objects.create(course=course, student=merged)
    Enrolment.objects.filter(student=merged).update(joined_at=NOW)
    session = factories.session(other, ended_at=END)
    SelfReport.objects.create(session=session, student=merged, answer="lost", at=NOW)
    User.objects.filter(pk=merged.pk).update(school_id="S-17")
    merged.refresh_from_db()
    merge(kept, merged, by)
    assert set(Enrolment.objects.values_list("course", "student", "joined_at")) == {
        (course.pk, kept.pk, NOW),
        (other.pk, kept.pk, NOW),
    }
    assert SelfReport.objects.get().student == kept
    kept.refresh_from_db()
    assert (kept.school_id, User.objects.filter(pk=merged.pk).exists()) == ("S-17", False)


def test_past_enrolments_move_and_those_that_the_merger_ends_are_added(course, kept, merged, by):
    now, later = NOW + timedelta(hours=1), NOW + timedelta(minutes=5)
    blocked = factories.course()
    Enrolment.objects.create(course=blocked, student=merged)
    Enrolment.objects.update(joined_at=NOW)
    blocked.removals.create(student=kept, join_code="", removed_at=NOW, blocked=True)
    factories.past_enrolment(course, merged, joined_at=NOW, left_at=later, removed=False)
    merge(kept, merged, by)
    past = set(PastEnrolment.objects.values_list("course", "student", "joined_at", "left_at", "removed"))
    assert past == {(course.pk, kept.pk, NOW, later, False), (blocked.pk, kept.pk, NOW, now, True)}


def test_teacher_s_courses_move_and_the_teacher_is_no_student_of_them(course, kept, by):
    double = factories.user("teacher")
    course.teachers.set([double])
    merge(kept, double, by)
    kept.refresh_from_db()
    assert (list(course.teachers.all()), kept.role, course.enrolments.count()) == ([kept], "teacher", 0)


def test_block_of_either_account_holds(course, kept, merged, by):
    Enrolment.objects.create(course=course, student=merged)
    block_students(course=course, students=[merged.pk], now=NOW)
    assert preview_merge(kept=kept, merged=merged, by=by).blocked_in == [course]
    merge(kept, merged, by)
    removal = Removal.objects.get()
    assert (removal.student, removal.blocked, Enrolment.objects.count()) == (kept, True, 0)


def test_consent_moves_unless_the_other_account_has_withdrawn_in_the_course_since(course, kept, merged, by):
    other = factories.course()
    for each in (course, other):
        factories.consent(merged, each)
    withdraw_consent(student=kept, now=NOW + timedelta(minutes=5))
    merge(kept, merged, by)
    assert [each.course for each in kept.consents.in_force()] == [other]
    assert kept.consents.count() == 3


@pytest.mark.parametrize("earlier_min", [-5, 5])
def test_of_two_consents_the_earlier_one_stays_as_evidence(course, kept, merged, by, earlier_min):
    """`kept` consented at NOW."""
    at = NOW + timedelta(minutes=earlier_min)
    factories.consent(merged, course, now=at)
    merge(kept, merged, by)
    assert kept.consents.get() == kept.consents.in_force().get()
    assert kept.consents.get().granted_at == min(NOW, at)


@pytest.mark.parametrize("first", ["kept", "merged"])
def test_consent_to_be_read_by_name_stays_next_to_one_for_anonymous_readings(course, by, first):
    kept, merged = factories.student_of(course, consents=False), factories.student_of(course, consents=False)
    by_name, anonymous = (merged, kept) if first == "kept" else (kept, merged)
    about = {"course": course, "version": 1}
    grant_consent(student=anonymous, now=NOW, is_anonymous=True, **about)
    grant_consent(student=by_name, now=NOW + timedelta(days=1), **about)
    merge(kept, merged, by)
    assert sorted(each.is_anonymous for each in kept.consents.all()) == [False, True]
    assert kept.consents.in_force().get().is_anonymous is False


@pytest.mark.parametrize("for_all", [False, True])
@pytest.mark.parametrize(("later_h", "in_force"), [(1, 0), (-1, 1)])
def test_guardian_who_withdrew_last_with_either_account_has_withdrawn(
    course, kept, merged, by, for_all, later_h, in_force
):
    where = None if for_all else course
    for account, other in ((kept, merged), (factories.user(), factories.user())):
        factories.guardian_consent(account, course=where)
        at = NOW + timedelta(hours=later_h)
        factories.guardian_consent(other, course=where, recorded_at=at, withdrawn_at=at, withdrawn_how="letter")
        into, gone = (account, other) if account == kept else (other, account)
        merge(into, gone, by)
        assert into.guardian_consents.in_force().count() == in_force


@pytest.mark.parametrize("for_all", [False, True])
def test_guardian_s_later_withdrawal_ends_every_consent_that_covers_the_course(course, kept, merged, by, for_all):
    """Withdrawn for all courses with one account, it also ends a consent for one course, and the other way round."""
    factories.guardian_consent(kept, course=course if for_all else None)
    apart = factories.guardian_consent(kept, course=factories.course())
    at = NOW + timedelta(hours=1)
    factories.guardian_consent(merged, course=None if for_all else course, withdrawn_at=at, withdrawn_how="letter")
    merge(kept, merged, by)
    assert list(kept.guardian_consents.in_force()) == ([] if for_all else [apart])


@pytest.mark.parametrize("earlier_min", [-5, 5])
def test_of_two_guardians_consents_the_earlier_one_stays_as_evidence(course, kept, merged, by, earlier_min):
    for account, at, guardian in ((kept, NOW, "Kim"), (merged, NOW + timedelta(minutes=earlier_min), "Lee")):
        for where in (None, course):
            factories.guardian_consent(account, course=where, recorded_at=at, guardian=guardian)
    merge(kept, merged, by)
    stays = "Kim" if earlier_min > 0 else "Lee"
    found = set(kept.guardian_consents.in_force().values_list("course", "guardian"))
    assert found == {(course.pk, stays), (None, stays)}


def test_both_addresses_are_told_in_the_persons_language(kept, merged, by, django_capture_on_commit_callbacks):
    kept.language = "hi"
    kept.save()
    mail.outbox.clear()
    former = merged.email
    with django_capture_on_commit_callbacks(execute=True):
        merge(kept, merged, by)
    assert [sent.to for sent in mail.outbox] == [[kept.email], [former]]
    assert all(f"{kept.email} से साइन इन" in sent.body and former in sent.body for sent in mail.outbox)


def test_refused_merger_tells_nobody(kept, by, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(MergeRefused):
        merge(kept, kept, by)
    assert mail.outbox == []


def test_merged_account_is_gone_with_its_sessions(client, kept, merged, by):
    client.force_login(merged)
    merge(kept, merged, by)
    assert client.get("/accounts/").status_code == 302
    assert client.session.get("_auth_user_id") is None


@pytest.mark.django_db(transaction=True)
def test_security_log_of_both_is_found_and_the_merger_recorded(kept, merged, by):
    number = merged.pk
    merge(kept, merged, by)
    assert numbers_of(kept) == [kept.pk, number]


@pytest.mark.django_db(transaction=True)
def test_looks_at_either_account_and_its_own_activity_are_the_person_s(course, kept, merged, by):
    [teacher], about = course.teachers.all(), {"at": NOW, "details": {"view": "person"}}
    look = SecurityEvent.objects.create(event="data_viewed", actor=teacher, subject=merged, **about)
    own = SecurityEvent.objects.create(event="data_viewed", actor=merged, subject=kept, address="192.0.2.1", **about)
    merge(kept, merged, by)
    assert list(looks_at(kept, now=NOW + timedelta(days=1))) == [look]
    [activity] = [section for section in sections() if section.name == "account_events"]
    rows = activity.rows(kept).filter(pk__in=(look.pk, own.pk)).order_by("pk").values_list("pk", "from_address")
    assert list(rows) == [(look.pk, None), (own.pk, "192.0.2.1")]


def test_preview_counts_what_moves_and_what_both_have(course, kept, merged, by):
    Enrolment.objects.create(course=course, student=merged)
    attended(course, kept, seconds=[1])
    attended(course, merged, seconds=[3, 5])
    preview = preview_merge(kept=kept, merged=merged, by=by)
    assert (preview.courses, preview.shared_courses) == (1, 1)
    assert (preview.classes, preview.shared_classes, preview.readings) == (1, 1, 2)


def test_refused_mergers_change_nothing(course, kept, merged, by):
    session = factories.session(course)
    factories.attendance(session, merged)
    refusals = [
        (kept, kept, MergeRefused.SAME),
        (kept, by, MergeRefused.OWN),
        (kept, factories.user("administrator"), MergeRefused.ADMINISTRATOR),
        (by, factories.course().teachers.get(), MergeRefused.TEACHES),
        (factories.user(is_active=False), merged, MergeRefused.INACTIVE),
        (kept, merged, MergeRefused.IN_CLASS),
    ]
    for into, account, reason in refusals:
        with pytest.raises(MergeRefused) as refusal:
            merge(into, account, by)
        assert refusal.value.reason == reason
    assert Stay.objects.get().attendance.student == merged
