"""Personal data in the tables of classes and courses."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from classroom.domain.personal_data.declarations import Data, Declaration, Erased, Kept
from classroom.domain.readings.record import erase_readings
from classroom.domain.self_reports import erase_self_reports
from classroom.measures import EXPRESSIONS
from classroom.models import AssistantInvitation

SESSION = ("session__course__name", "session__topic", "session__started_at", "session__ended_at")
FACE = ("box_x", "box_y", "box_w", "box_h", "face_score", "face_size", "brightness", "sharpness")
SHOWN = (*(f"shown_{name}" for name in EXPRESSIONS), "shown_uncertain")
FOR_TEACHERS = _("So that teachers see how the class follows the lesson, live and afterwards.")
FOR_REGISTER = _("To show who is in class, and for the register.")
FOR_ADMISSION = _("To decide who may join a class.")


def erase_own_readings(user: User, now: datetime) -> int:
    return erase_readings(student=user, now=now)


def erase_own_responses(user: User, now: datetime) -> int:
    return erase_self_reports(student=user, now=now)


def delete_invitations_to_assist(user: User, now: datetime) -> int:
    """Those from before the user had an account, which nobody can accept. The others go with the account."""
    invitations = AssistantInvitation.objects.filter(course__organisation=user.organisation_id)
    return invitations.filter(email=user.email, invitee=None).delete()[0]


READING = Data(
    section="readings",
    person=("student",),
    fields=(
        *(*EXPRESSIONS, "session", "seq", "captured_at", "received_at", "faces", *FACE),
        *("expression", "uncertain", "model"),
    ),
    what=_("Readings of your face: time, faces found, seven probabilities, place and quality of the picture."),
    why=FOR_TEACHERS,
    kept=Kept.CLASS,
    erased=Erased.BY_STUDENT,
    by_session=True,
    erase=erase_own_readings,
)
STUDENT_MINUTE = Data(
    section="minutes",
    person=("student",),
    fields=(*EXPRESSIONS, *SHOWN, "session", "at", "readings", "certain", "uncertain", "valence_square"),
    what=_("Averages and counts of your readings by minutes."),
    why=_("So that reports of past classes open quickly."),
    kept=Kept.CLASS,
    erased=Erased.BY_STUDENT,
    by_session=True,
)
ALERT_ABOUT_STUDENT = Data(
    section="alerts_about_me",
    person=("student",),
    fields=(
        *("session", "kind", "pending_at", "fired_at", "recovering_at", "recovered_at"),
        *("acknowledged_at", "figures"),
    ),
    what=_("Alerts about you: when your expression stayed negative, or your face was out of view."),
    why=_("So that teachers notice who may need help."),
    kept=Kept.CLASS,
    erased=Erased.BY_STUDENT,
)
ALERT_NOTED = Data(
    section="alerts_noted",
    person=("acknowledged_by",),
    fields=("session", "kind", "acknowledged_at"),
    what=_("Alerts that you noted as a teacher, and when."),
    why=_("So that teachers of the same class know who is taking care of an alert."),
    kept=Kept.CLASS,
    erased=Erased.UNLINKED,
)
ALERT_PROGRESS = Data(
    fields=("states",),
    what=_("Alerts about students that have not fired yet, under the students’ numbers."),
    why=_("So that an alert fires after it has lasted long enough."),
    kept=Kept.CLASS,
    erased=Erased.NUMBERED,
    withheld="The state of a computation; what comes of it is in alerts_about_me.",
)
ATTENDANCE = Data(
    section="classes",
    person=("student",),
    fields=("session", "camera", "left", "changed_at"),
    also=SESSION,
    what=_("Classes that you attended, and whether your camera was on."),
    why=FOR_REGISTER,
    kept=Kept.CLASS,
    erased=Erased.WITH_ACCOUNT,
)
STAY = Data(
    section="stays",
    person=("attendance__student",),
    fields=("joined_at", "last_seen_at", "left_at"),
    also=("attendance__session_id",),
    what=_("When you joined and left a class."),
    why=FOR_REGISTER,
    kept=Kept.CLASS,
    erased=Erased.WITH_ACCOUNT,
)
SELF_REPORT = Data(
    section="answers",
    person=("student",),
    fields=("session", "answer", "at"),
    what=_("Your answers in class: too fast, too slow, lost, all good."),
    why=FOR_TEACHERS,
    kept=Kept.CLASS,
    erased=Erased.BY_STUDENT,
    erase=erase_own_responses,
)
RAISED_HAND = Data(
    section="hands",
    person=("student",),
    fields=("session", "raised_at", "lowered_at"),
    what=_("Your raised hands."),
    why=FOR_TEACHERS,
    kept=Kept.CLASS,
    erased=Erased.BY_STUDENT,
)
MARKER = Data(
    section="markers",
    person=("author",),
    fields=("session", "at", "text"),
    what=_("Markers that you set in a class as a teacher."),
    why=_("To find moments of a class again."),
    kept=Kept.CLASS,
    erased=Erased.UNLINKED,
)
TEACHING = Data(
    section="courses_taught",
    person=("teachers",),
    fields=("id", "name", "description", "created_at"),
    what=_("Courses that you teach."),
    why=_("To decide who sees a course and its classes."),
    kept=Kept.COURSE,
    erased=Erased.UNLINKED,
)
CAMERA_TURNED_ON = Data(
    section="cameras_turned_on",
    person=("camera_confirmed_by",),
    fields=("camera_confirmed_at",),
    also=("id", "name"),
    what=_("Courses for which you turned the camera on as a teacher, and when."),
    why=_("As evidence that you confirmed the legal note."),
    kept=Kept.COURSE,
    erased=Erased.UNLINKED,
)
ASSISTING = Data(
    section="courses_assisted",
    person=("assistants",),
    fields=("id", "name", "description", "created_at"),
    what=_("Courses in which you assist."),
    why=_("To decide who sees a course and its classes."),
    kept=Kept.COURSE,
    erased=Erased.UNLINKED,
)
ASSISTANT_INVITATION = Data(
    section="assistant_invitations",
    person=("invitee",),
    fields=("course", "email", "invited_at"),
    also=("course__name",),
    what=_("Courses whose teachers invited you to assist, and your address."),
    why=_("To decide who sees a course and its classes."),
    kept=Kept.ASSISTANT_INVITATION,
    erased=Erased.WITH_ACCOUNT,
    erase=delete_invitations_to_assist,
)
CONSENT = Data(
    section="consents",
    person=("student",),
    fields=("course", "is_anonymous", "granted_at", "withdrawn_at"),
    also=("course__name", "text__version"),
    what=_("Your consents: for which course, to which text, when you gave them and when you withdrew them."),
    why=_("As evidence of what you agreed to."),
    kept=Kept.CONSENT,
    erased=Erased.WITH_ACCOUNT,
)
GUARDIAN_CONSENT = Data(
    section="guardian_consents",
    person=("student",),
    fields=("course", "guardian", "how", "given_on", "recorded_at", "withdrawn_at", "withdrawn_how"),
    also=("course__name",),
    what=_("Consents of your guardians, as the school recorded them: who, how and when, and their withdrawal."),
    why=_("Because the school asks guardians, too."),
    kept=Kept.CONSENT,
    erased=Erased.WITH_ACCOUNT,
)
GUARDIAN_CONSENT_RECORDED = Data(
    section="guardian_consents_recorded",
    person=("recorded_by", "withdrawal_recorded_by"),
    fields=("recorded_at", "withdrawn_at"),
    what=_("Consents of guardians that you recorded as an administrator, and when."),
    why=_("As evidence of who recorded them."),
    kept=Kept.CONSENT,
    erased=Erased.UNLINKED,
)
ENROLMENT = Data(
    section="courses",
    person=("student",),
    fields=("course", "joined_at"),
    also=("course__name",),
    what=_("Courses that you are in."),
    why=FOR_ADMISSION,
    kept=Kept.MEMBERSHIP,
    erased=Erased.WITH_ACCOUNT,
)
PAST_ENROLMENT = Data(
    section="past_courses",
    person=("student",),
    fields=("course", "joined_at", "left_at", "removed"),
    also=("course__name",),
    what=_("Courses that you left or were removed from, and from when to when you were in them."),
    why=FOR_REGISTER,
    kept=Kept.PAST_ENROLMENT,
    erased=Erased.WITH_ACCOUNT,
)
JOIN_REQUEST = Data(
    section="join_requests",
    person=("student",),
    fields=("course", "requested_at"),
    also=("course__name",),
    what=_("Courses that you asked to join."),
    why=FOR_ADMISSION,
    kept=Kept.REQUEST,
    erased=Erased.WITH_ACCOUNT,
)
REMOVAL = Data(
    section="removals",
    person=("student",),
    fields=("course", "removed_at", "blocked"),
    also=("course__name",),
    what=_("Courses that you were removed from."),
    why=FOR_ADMISSION,
    kept=Kept.REMOVAL,
    erased=Erased.WITH_ACCOUNT,
)
INVITED_COURSE = Data(
    section="invited_courses",
    person=("invitation__accepted_by",),
    fields=("course",),
    also=("course__name",),
    what=_("Courses of the invitations that you accepted."),
    why=FOR_ADMISSION,
    kept=Kept.INVITATION,
    erased=Erased.WITH_ACCOUNT,
)
SIMULATION = Data(
    fields=("teacher", "new_students", "returned_students"),
    what=_("Who takes part in a simulated class."),
    why=_("To remove a simulated class whose program has stopped."),
    kept=Kept.SIMULATION,
    erased=Erased.UNLINKED,
    withheld="The people are simulated, and the course is in courses_taught.",
)

DECLARATIONS = (
    Declaration("classroom.CourseConsent", (CONSENT,), impersonal=("text",)),
    Declaration("classroom.GuardianConsent", (GUARDIAN_CONSENT, GUARDIAN_CONSENT_RECORDED)),
    Declaration("classroom.Enrolment", (ENROLMENT,)),
    Declaration("classroom.PastEnrolment", (PAST_ENROLMENT,)),
    Declaration("classroom.AssistantInvitation", (ASSISTANT_INVITATION,)),
    Declaration("classroom.JoinRequest", (JOIN_REQUEST,)),
    Declaration("classroom.InvitedCourse", (INVITED_COURSE,), impersonal=("invitation",)),
    Declaration("classroom.Removal", (REMOVAL,), impersonal=("join_code",)),
    Declaration("classroom.Attendance", (ATTENDANCE,), impersonal=("latest_reading",)),
    Declaration("classroom.Stay", (STAY,), impersonal=("connection",)),
    Declaration("classroom.SelfReport", (SELF_REPORT,)),
    Declaration("classroom.RaisedHand", (RAISED_HAND,)),
    Declaration("classroom.Alert", (ALERT_ABOUT_STUDENT, ALERT_NOTED), impersonal=("explained_by",)),
    Declaration("classroom.AlertProgress", (ALERT_PROGRESS,), impersonal=("session", "until")),
    Declaration("classroom.Reading", (READING,)),
    Declaration("classroom.StudentMinute", (STUDENT_MINUTE,)),
    Declaration(
        "classroom.Course",
        (TEACHING, ASSISTING, CAMERA_TURNED_ON),
        impersonal=(
            "organisation",
            "school_id",
            "join_code",
            "mode",
            "faces_only",
            "simulated",
            "approves_joins",
            "accepts_joins",
            "retention_days",
            "term",
            "archived_at",
            "deletion_began_at",
            "sort_key",
        ),
    ),
    Declaration("classroom.Term", impersonal=("organisation", "name", "first_day", "last_day")),
    Declaration("classroom.Marker", (MARKER,)),
    Declaration(
        "classroom.SimulatedClass", (SIMULATION,), impersonal=("session", "started_session", "new_course", "heard_at")
    ),
    Declaration(
        "classroom.ClassSession",
        impersonal=(
            *("course", "topic", "started_at", "ended_at", "closed_itself", "is_anonymous", "asked_at"),
            "rolled_up_until",
        ),
    ),
    Declaration("classroom.ClassWindow", impersonal=("session", "at", "present", "seen", *EXPRESSIONS, *SHOWN)),
    Declaration(
        "classroom.AlertRule",
        impersonal=("course", "kind", "enabled", "enter", "leave", "hold_s", "recover_s", "cooldown_s"),
    ),
)
