"""Log destinations: everything goes to the console, the security log as JSON."""

from typing import Any


def console(level: str) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": "config.log_secrets.LogFormatter",
                "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            },
            "json": {"()": "pythonjsonlogger.json.JsonFormatter", "fmt": []},
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "line"},
            "security": {"class": "logging.StreamHandler", "formatter": "json"},
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            **{name: {"level": "WARNING"} for name in ("django.server", "daphne", "celery.app.trace")},
            "attune.security": {"handlers": ["security"], "level": "INFO", "propagate": False},
        },
    }
