from classroom.models.alert import Alert, AlertKind, AlertProgress, AlertRule
from classroom.models.assistant_invitation import AssistantInvitation
from classroom.models.attendance import Attendance, Stay
from classroom.models.consent import CourseConsent, GuardianConsent
from classroom.models.course import Course, Enrolment, JoinRequest, PastEnrolment, Removal
from classroom.models.invited_course import InvitedCourse
from classroom.models.lti_course import LtiCourse
from classroom.models.marker import Marker
from classroom.models.published import PublicationProgress, PublishedMinute
from classroom.models.reading import Reading
from classroom.models.rollup import ClassWindow, StudentMinute
from classroom.models.self_report import RaisedHand, SelfReport
from classroom.models.session import ClassSession
from classroom.models.simulated_class import SimulatedClass
from classroom.models.term import Term
from classroom.models.webhook import Webhook, WebhookDelivery, WebhookEvent, WebhookProblem

__all__ = [
    "Alert",
    "AlertKind",
    "AlertProgress",
    "AlertRule",
    "AssistantInvitation",
    "Attendance",
    "ClassSession",
    "ClassWindow",
    "Course",
    "CourseConsent",
    "Enrolment",
    "GuardianConsent",
    "InvitedCourse",
    "JoinRequest",
    "LtiCourse",
    "Marker",
    "PastEnrolment",
    "PublicationProgress",
    "PublishedMinute",
    "RaisedHand",
    "Reading",
    "Removal",
    "SelfReport",
    "SimulatedClass",
    "Stay",
    "StudentMinute",
    "Term",
    "Webhook",
    "WebhookDelivery",
    "WebhookEvent",
    "WebhookProblem",
]
