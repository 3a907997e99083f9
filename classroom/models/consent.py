from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, Expression, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ConsentText, OrganisationId
from classroom.models.course import Course

# A time, or an expression for it: a class's start in an outer query, or a parameter of a compiled one.
Moment = datetime | Expression | OuterRef


class CourseConsentQuerySet(models.QuerySet["CourseConsent"]):
    """A consent is in force if it is to the text that counts and not withdrawn and, if the school asks guardians, one
    has agreed. All code that asks about consent uses these methods."""

    def in_force(self) -> "CourseConsentQuerySet":
        """Return consents to the current text that are valid in their course as it is now."""
        texts = ConsentText.objects.in_organisation(OuterRef("text__organisation"))
        newest = texts.applying().order_by("-version").values("version")[:1]
        return self.standing().for_present_mode().filter(text__version__gte=Subquery(newest))._with_guardian()

    def for_present_mode(self) -> "CourseConsentQuerySet":
        """Return consents to be read as their course reads now: by name only if they were given for that."""
        return self.filter(Q(is_anonymous=False) | Q(course__mode=Course.Mode.ANONYMOUS))

    def in_force_in_class(
        self,
        started_at: Moment,
        *,
        is_anonymous: bool | OuterRef,
        since: datetime | None = None,
        now: Moment | None = None,
    ) -> "CourseConsentQuerySet":
        """Return consents in force in a class, until it ends. `since`: only those in force from that moment onwards."""
        given = self.given_for_class(started_at, is_anonymous=is_anonymous, now=now)
        if since:
            given = given.filter(granted_at__lte=since)
        return given._with_guardian(since)

    def given_for_class(
        self, started_at: Moment, *, is_anonymous: bool | OuterRef, now: Moment | None = None
    ) -> "CourseConsentQuerySet":
        """Return students' own consents that count in a class: to the text that applied when it started, or to a later
        one, and, unless the class `is_anonymous`, to be read by name."""
        texts = ConsentText.objects.in_organisation(OuterRef("text__organisation"))
        asked = texts.filter(applies_from__lte=started_at).order_by("-version").values("version")[:1]
        given = self.standing(now).filter(text__version__gte=Coalesce(Subquery(asked), 0))
        return given.filter(Q(is_anonymous=False) | Q(is_anonymous=is_anonymous))

    def standing(self, now: Moment | None = None) -> "CourseConsentQuerySet":
        """Return consents that have not been withdrawn, to texts that apply or applied."""
        return self.filter(withdrawn_at=None, text__applies_from__lte=now or timezone.now())

    def _with_guardian(self, since: datetime | None = None) -> "CourseConsentQuerySet":
        if not settings.GUARDIAN_CONSENT_REQUIRED:
            return self
        of_student = GuardianConsent.objects.in_force().filter(student=OuterRef("student"))
        if since:
            of_student = of_student.filter(recorded_at__lte=since)
        return self.filter(Exists(of_student.covering(OuterRef("course"))))


class CourseConsent(models.Model):
    """One student's agreement, for one course, to one version of the text. The record stays after a withdrawal."""

    student = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents")
    # None only for consents from before they were per course, given by students without a course.
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="consents", null=True, blank=True)
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="consents")
    # Given while the course was anonymous, so it does not allow a reading next to the student's name.
    is_anonymous = models.BooleanField(_("anonymous readings only"), default=False, db_default=False)
    granted_at = models.DateTimeField(_("granted"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = CourseConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-granted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "course", "text", "is_anonymous"],
                condition=Q(withdrawn_at=None),
                name="one_course_consent_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student} to {self.text} in {self.course or 'no course'}"


class GuardianConsentQuerySet(models.QuerySet["GuardianConsent"]):
    def in_organisation(self, organisation: OrganisationId) -> "GuardianConsentQuerySet":
        return self.filter(student__organisation=organisation)

    def in_force(self) -> "GuardianConsentQuerySet":
        return self.filter(withdrawn_at=None)

    def covering(self, course: Course | OuterRef) -> "GuardianConsentQuerySet":
        """Return those for the course, and those for all courses."""
        return self.filter(Q(course=None) | Q(course=course))


class GuardianConsent(models.Model):
    """A guardian's agreement that a student may decide about being read, as an administrator recorded it, and its
    withdrawal. With GUARDIAN_CONSENT_REQUIRED, a student's own consent does not count without it."""

    class How(models.TextChoices):
        LETTER = "letter", _("signed letter")
        EMAIL = "email", _("e-mail")
        IN_PERSON = "in_person", _("in person")
        OF_AGE = "of_age", _("none needed: the student is of age")

    student = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="guardian_consents")
    # None: all courses, later ones included.
    course = models.ForeignKey(
        Course, on_delete=models.CASCADE, related_name="guardian_consents", null=True, blank=True
    )
    guardian = models.CharField(_("guardian"), max_length=120, blank=True)
    how = models.CharField(_("how"), max_length=10, choices=How)
    given_on = models.DateField(_("given on"))
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="guardian_consents_recorded",
        null=True,
        blank=True,
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_how = models.CharField(_("withdrawn how"), max_length=10, choices=How, blank=True)
    withdrawal_recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="guardian_withdrawals_recorded",
        null=True,
        blank=True,
    )

    objects = GuardianConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("guardian’s consent")
        verbose_name_plural = _("guardians’ consents")
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "course"], condition=Q(withdrawn_at=None), name="one_guardian_consent_in_course"
            ),
            models.UniqueConstraint(
                fields=["student"], condition=Q(course=None, withdrawn_at=None), name="one_guardian_consent_for_all"
            ),
            models.CheckConstraint(name="guardian_is_named_unless_of_age", condition=Q(how="of_age") | ~Q(guardian="")),
        ]

    def __str__(self) -> str:
        return f"guardian of user {self.student_id}"
