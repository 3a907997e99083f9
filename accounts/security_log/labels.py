"""Labels of the audit log's events on pages."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.security_log.events import Event

EVENT_LABELS: dict[str, Promise] = {
    Event.SIGN_IN: _("Signed in"),
    Event.SIGN_OUT: _("Signed out"),
    Event.SIGNED_OUT_EVERYWHERE: _("Signed out everywhere"),
    Event.SIGNED_OUT_ELSEWHERE: _("Signed out on another device"),
    Event.SECOND_FACTOR_ADDED: _("Second factor added"),
    Event.SECOND_FACTOR_REMOVED: _("Second factor removed"),
    Event.SECOND_FACTORS_RESET: _("Second factors removed by an administrator"),
    Event.SECOND_FACTOR_FAILED: _("Second factor failed"),
    Event.RECOVERY_CODES_CHANGED: _("Recovery codes changed"),
    Event.RECOVERY_CODE_USED: _("Recovery code used"),
    Event.PROVIDER_ACCOUNT_LINKED: _("Account of a sign-in provider linked"),
    Event.PROVIDER_ACCOUNT_UNLINKED: _("Account of a sign-in provider unlinked"),
    Event.API_TOKEN_CREATED: _("API token created"),
    Event.API_TOKEN_REVOKED: _("API token revoked"),
    Event.ACCOUNT_CREATED: _("Account created"),
    Event.ACCOUNT_DEACTIVATED: _("Account deactivated"),
    Event.ACCOUNT_ACTIVATED: _("Account activated"),
    Event.ACCOUNT_DELETED: _("Account deleted"),
    Event.ACCOUNTS_MERGED: _("Another account merged into this one"),
    Event.PROFILE_CHANGED: _("School’s ID, language or time zone changed"),
    Event.PASSWORD_LINKS_REQUESTED: _("Invitations to new accounts requested"),
    Event.PASSWORD_LINK_MADE: _("Link to choose a password created"),
    Event.INVITATION_CREATED: _("Invited by mail"),
    Event.INVITATION_WITHDRAWN: _("Invitation withdrawn"),
    Event.INVITATION_ACCEPTED: _("Invitation accepted"),
    Event.NAME_CHANGED: _("Name changed"),
    Event.ROLE_CHANGED: _("Role changed"),
    Event.PASSWORD_CHANGED: _("Password changed"),
    Event.EMAIL_CHANGE_REQUESTED: _("Change of e-mail address requested"),
    Event.EMAIL_CONFIRMED: _("E-mail address confirmed"),
    Event.EMAIL_CHANGED: _("E-mail address changed"),
    Event.CONSENT_GRANTED: _("Consent given"),
    Event.CONSENT_WITHDRAWN: _("Consent withdrawn"),
    Event.GUARDIAN_CONSENT_RECORDED: _("Guardian's consent recorded"),
    Event.GUARDIAN_CONSENT_WITHDRAWN: _("Guardian's consent withdrawn"),
    Event.CONSENT_TEXT_PUBLISHED: _("Consent text published"),
    Event.DATA_EXPORTED: _("Downloaded"),
    Event.DATA_IMPORTED: _("File imported"),
    Event.DATA_VIEWED: _("Opened"),
    Event.STUDENT_REMOVED: _("Student removed"),
    Event.STUDENT_BLOCKED: _("Student blocked"),
    Event.STUDENT_UNBLOCKED: _("Student unblocked"),
    Event.STUDENT_READMITTED: _("Student let in again"),
    Event.STUDENT_APPROVED: _("Student let in"),
    Event.JOIN_CODE_CHANGED: _("Join code changed"),
    Event.JOIN_APPROVAL_CHANGED: _("Approval of joins changed"),
    Event.JOINING_CHANGED: _("Course closed or opened to new students"),
    Event.CAMERA_TURNED_ON: _("Camera turned on"),
    Event.CAMERA_TURNED_OFF: _("Camera turned off"),
    Event.CLASS_DELETED: _("Class deleted"),
    Event.EXPIRED_DELETED: _("Expired classes deleted"),
    Event.COURSE_CREATED: _("Course created"),
    Event.COURSE_ARCHIVED: _("Course archived"),
    Event.COURSE_RESTORED: _("Course restored"),
    Event.COURSE_DELETED: _("Course deleted"),
    Event.TERM_CREATED: _("Term created"),
    Event.TERM_CHANGED: _("Term changed"),
    Event.TERM_DELETED: _("Term deleted"),
    Event.COURSE_CHANGED: _("Course settings changed"),
    Event.TEACHER_ADDED: _("Teacher added"),
    Event.TEACHER_REMOVED: _("Teacher removed"),
    Event.ASSISTANT_ADDED: _("Assistant added"),
    Event.ASSISTANT_REMOVED: _("Assistant removed"),
    Event.ALERTS_CHANGED: _("Alert settings changed"),
}

# Labels of what was opened or downloaded, by its name in the event's details.
VIEW_LABELS: dict[str, Promise] = {
    "session_live": _("Live class"),
    "session_report": _("Report of a class"),
    "session_student": _("Report about a student"),
    "session_alerts": _("Alerts of a class"),
    "v1:attendance": _("Attendance, through the API"),
    "v1:readings": _("Readings of a class, through the API"),
    "v1:timeline": _("Timeline of a class, through the API"),
    "v1:alerts": _("Alerts of a class, through the API"),
    "v1:answers": _("Answers of a class, through the API"),
    "course_term": _("Comparison of classes"),
    "course_register": _("Register"),
    "course_student": _("A student's classes"),
    "person": _("A person's account"),
    "students_csv": _("Students of a class, as a file"),
    "attendance_csv": _("Attendance, as a file"),
    "readings_csv": _("Readings of a class, as a file"),
    "register_csv": _("Register, as a file"),
    "sessions_csv": _("Classes of a course, as a file"),
    "student_sessions_csv": _("A student's classes, as a file"),
    "my_readings_csv": _("Own readings, as a file"),
    "my_sessions_csv": _("Own classes, as a file"),
    "account_data": _("Own data, as a file"),
    "account_tables": _("Own data, as a file"),
    "administration:people_csv": _("All people, as a file"),
    "administration:courses_csv": _("All courses, as a file"),
    "administration:enrolments_csv": _("All enrolments, as a file"),
    "administration:audit": _("Audit log"),
    "administration:audit_csv": _("Audit log, as a file"),
}


def event_label(event: str) -> str:
    """Return the event's label, or its name if it has none: events of other versions are stored, too."""
    return str(EVENT_LABELS.get(event, event))


def view_label(view: str) -> str:
    return str(VIEW_LABELS.get(view, view))
