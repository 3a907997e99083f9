"""The consent text that a class's students were asked to agree to, and how many of them agree."""

from typing import TypedDict

from accounts.models import Consent, ConsentText
from classroom.models import ClassSession


class ClassConsent(TypedDict):
    """The version of the class's consent text; of the `asked` students of the course, `agreed` agree to be read."""

    version: int
    asked: int
    agreed: int


def class_consent(*, session: ClassSession) -> ClassConsent:
    enrolled = session.course.enrolments.values("student")
    agreed = Consent.objects.in_force_in_class(session.started_at).filter(user__in=enrolled)
    return {
        "version": ConsentText.objects.asked_in_class(session.started_at).version,
        "asked": enrolled.count(),
        "agreed": agreed.values("user").distinct().count(),
    }
