from django.apps import AppConfig


class ClassroomConfig(AppConfig):
    name = "classroom"

    def ready(self) -> None:
        from classroom import checks, receivers  # noqa: F401, PLC0415  # models are loaded only now
