import secrets
from datetime import date
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import OrganisationId, User
from accounts.models.organisation import DEFAULT_ORGANISATION, Organisation
from accounts.names import sort_key
from classroom.models.term import Term

# Omits letters and digits that are easily confused when read from a screen.
JOIN_CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
JOIN_CODE_LENGTH = 8


def new_join_code() -> str:
    return "".join(secrets.choice(JOIN_CODE_ALPHABET) for _ in range(JOIN_CODE_LENGTH))


class CourseQuerySet(models.QuerySet["Course"]):
    def in_organisation(self, organisation: OrganisationId) -> "CourseQuerySet":
        return self.filter(organisation=organisation)

    def with_camera(self) -> "CourseQuerySet":
        return self.filter(mode__in=(Course.Mode.CAMERA, Course.Mode.ANONYMOUS))

    def taught_by(self, user: User) -> "CourseQuerySet":
        return self.filter(teachers=user)

    def staffed_by(self, user: User) -> "CourseQuerySet":
        """The courses that the user teaches or assists in."""
        # With subqueries: joining both tables would return a course once for each pair of its staff.
        taught, assisted = (
            field.through.objects.filter(user=user).values("course") for field in (Course.teachers, Course.assistants)
        )
        return self.filter(models.Q(pk__in=taught) | models.Q(pk__in=assisted))

    def attended_by(self, user: User) -> "CourseQuerySet":
        return self.filter(enrolments__student=user)

    def current(self) -> "CourseQuerySet":
        return self.filter(archived_at=None)

    def archived(self) -> "CourseQuerySet":
        return self.exclude(archived_at=None)

    def being_deleted(self) -> "CourseQuerySet":
        return self.exclude(deletion_began_at=None)

    def running(self) -> "CourseQuerySet":
        """Courses with a class in progress. A course has one at most, so it comes only once."""
        return self.filter(sessions__isnull=False, sessions__ended_at=None)

    def without_teacher(self) -> "CourseQuerySet":
        return self.filter(teachers=None)

    def closed_to_new_students(self) -> "CourseQuerySet":
        return self.filter(accepts_joins=False)

    def after_term(self, *, day: date) -> "CourseQuerySet":
        """Courses whose term ended before the day."""
        return self.filter(term__last_day__lt=day)

    def lock(self, pk: int) -> "Course":
        """Lock the row. Every change to a course's members does this first, so that a student who keeps joining cannot
        get in between the steps of a removal. So do starting a class and archiving, because an archived course has no
        running class. Requires a transaction. Raises Course.DoesNotExist."""
        return self.select_for_update(no_key=True).get(pk=pk)


class Course(models.Model):
    class Mode(models.TextChoices):
        ANSWERS = "answers", _("answers only")
        CAMERA = "camera", _("camera")
        # Faces are read, but no reading is next to a name: domain/anonymity.
        ANONYMOUS = "anonymous", _("camera, anonymous")

    organisation: "models.ForeignKey[Organisation, Organisation]" = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="+",
        default=DEFAULT_ORGANISATION,
        db_default=DEFAULT_ORGANISATION,  # type: ignore[arg-type]  # takes the key, too
        editable=False,
    )
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    # The school's own identifier, like User.school_id.
    school_id = models.CharField(
        _("school’s ID"),
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text=_("As the school’s files have it."),
    )
    join_code = models.CharField(_("join code"), max_length=JOIN_CODE_LENGTH, unique=True, default=new_join_code)
    teachers = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("teachers"),
        related_name="courses_taught",
        blank=True,
        limit_choices_to={"role": User.Role.TEACHER},
    )
    assistants = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assistants"),
        related_name="courses_assisted",
        blank=True,
        limit_choices_to=~models.Q(role=User.Role.ADMINISTRATOR),
        help_text=_(
            "They see live classes and reports, note alerts, lower hands and set markers, and change no settings."
        ),
    )
    # Reading faces is off until a teacher of the course turns it on: domain/courses/modes.py.
    mode = models.CharField(_("mode"), max_length=10, choices=Mode, default=Mode.ANSWERS, db_default=Mode.ANSWERS)
    # The last teacher to read the legal note and turn the camera on, and when. None for courses that had it on earlier.
    camera_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("camera turned on by"),
        related_name="cameras_confirmed",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
    )
    camera_confirmed_at = models.DateTimeField(_("camera turned on"), null=True, blank=True)
    # Whole frames are refused: a student's browser sends a face that it has cut out, or nothing.
    faces_only = models.BooleanField(_("faces only"), default=False, db_default=False)
    simulated = models.BooleanField(
        _("simulated"), default=False, db_default=False, help_text=_("Simulated classes run only in such courses.")
    )
    approves_joins = models.BooleanField(
        _("approval required"),
        default=False,
        db_default=False,
        help_text=_("Students who use the join code wait for a teacher’s approval."),
    )
    # Empty: as long as the school keeps its classes.
    retention_days = models.PositiveIntegerField(
        _("classes are kept for (days)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
    )
    accepts_joins = models.BooleanField(
        _("open to new students"),
        default=True,
        db_default=True,
        help_text=_("If this is off, the join code lets nobody in. Students already in the course stay."),
    )
    term = models.ForeignKey(
        Term, verbose_name=_("term"), on_delete=models.SET_NULL, related_name="courses", null=True, blank=True
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)
    # Its sessions are deleted one by one, and the course last (classroom/domain/courses/deletion.py).
    deletion_began_at = models.DateTimeField(null=True, blank=True, editable=False)

    sort_key = models.BinaryField(editable=False, default=b"", db_default=b"")

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_course_per_school_id",
                fields=["organisation", "school_id"],
                condition=~models.Q(school_id=""),
                violation_error_message=_("Another course has this ID."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.set_sort_key()
        fields = kwargs.get("update_fields")
        if fields is not None and "name" in fields:
            kwargs["update_fields"] = {*fields, "sort_key"}
        super().save(*args, **kwargs)

    @property
    def reads_faces(self) -> bool:
        return self.mode in (self.Mode.CAMERA, self.Mode.ANONYMOUS)

    @property
    def is_anonymous(self) -> bool:
        return self.mode == self.Mode.ANONYMOUS

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def is_being_deleted(self) -> bool:
        return self.deletion_began_at is not None

    @property
    def lets_students_in(self) -> bool:
        """Return whether the join code works."""
        return self.accepts_joins and not self.is_archived

    def set_sort_key(self) -> None:
        self.sort_key = sort_key(self.name).encode()


class Enrolment(models.Model):
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="enrolments")
    student = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="enrolments")
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "student"], name="enrolled_once")]

    def __str__(self) -> str:
        # Without the name: the admin log keeps these texts when the student is deleted.
        return f"user {self.student_id} in {self.course}"


class PastEnrolment(models.Model):
    """An enrolment that has ended. If the student comes back, the register still counts it. `removed`: somebody else
    ended it. `joined_at` equals `left_at` if it ended before these rows were written and nobody knows when it began."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="past_enrolments")
    student = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="past_enrolments")
    joined_at = models.DateTimeField(_("joined"))
    left_at = models.DateTimeField(_("left"))
    removed = models.BooleanField(_("removed"))

    class Meta:
        verbose_name = _("past enrolment")
        verbose_name_plural = _("past enrolments")
        indexes = [models.Index(fields=["course", "student"], name="past_enrolments_of_student")]

    def __str__(self) -> str:
        return f"user {self.student_id} in {self.course} until {self.left_at:%Y-%m-%d %H:%M}"


class Removal(models.Model):
    """A student who was removed from a course, and the join code that no longer lets them in. If they are blocked, no
    code does."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="removals")
    student = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="removals")
    join_code = models.CharField(_("join code"), max_length=JOIN_CODE_LENGTH)
    removed_at = models.DateTimeField(_("removed"))
    blocked = models.BooleanField(_("blocked"), default=False, db_default=False)

    class Meta:
        verbose_name = _("removed student")
        verbose_name_plural = _("removed students")
        constraints = [models.UniqueConstraint(fields=["course", "student"], name="removed_once")]

    def __str__(self) -> str:
        return f"user {self.student_id} out of {self.course}"


class JoinRequest(models.Model):
    """A student who used the join code of a course whose teachers approve each student."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="join_requests")
    student = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="join_requests")
    requested_at = models.DateTimeField(_("requested"))

    class Meta:
        ordering = ["requested_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["course", "student"], name="one_join_request")]

    def __str__(self) -> str:
        return f"user {self.student_id} for {self.course}"
