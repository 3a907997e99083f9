from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClassroomConfig(AppConfig):
    name = "classroom"
    verbose_name = _("Classroom")

    def ready(self) -> None:
        from classroom import checks  # noqa: F401, PLC0415  # models are loaded only now
        from classroom.receivers import audit, notifications  # noqa: F401, PLC0415
        from classroom.tasks import webhooks  # noqa: F401, PLC0415  # sends messages once they are committed
