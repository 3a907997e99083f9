"""Personal data in the tables with what anonymous classes show."""

from django.utils.translation import gettext_lazy as _

from classroom.domain.personal_data.class_models import SHOWN
from classroom.domain.personal_data.declarations import Data, Declaration, Erased, Kept

PUBLICATION_PROGRESS = Data(
    fields=("groups",),
    what=_("Groups of five students in an anonymous class, under the students’ numbers."),
    why=_("So that no figure is about fewer than five students."),
    kept=Kept.RUNNING_CLASS,
    erased=Erased.NUMBERED,
    withheld="The numbers are those of other students.",
)

DECLARATIONS = (
    Declaration("classroom.PublicationProgress", (PUBLICATION_PROGRESS,), impersonal=("session", "until")),
    Declaration("classroom.PublishedMinute", impersonal=("session", "at", "seen", *SHOWN)),
)
