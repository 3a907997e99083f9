from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """The part of its user's rights that a program has with a token."""

    COURSES_READ = "courses:read", _("See courses, classes and markers")
    ATTENDANCE_READ = "attendance:read", _("See who attended")
    READINGS_READ = "readings:read", _("See readings of expressions, their sums, and alerts")
    ANSWERS_READ = "answers:read", _("See students’ answers about the lesson")
    SESSIONS_WRITE = "sessions:write", _("Start and end classes, and add, change and remove markers")


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self, now: datetime) -> "ApiTokenQuerySet":
        """Tokens that have not expired, and whose users are active and have not signed out everywhere since."""
        since_sign_out = Q(sign_outs_everywhere=F("user__sign_outs_everywhere"))
        return self.filter(since_sign_out, expires_at__gt=now, user__is_active=True)

    def obsolete_before(self, moment: datetime) -> "ApiTokenQuerySet":
        """Tokens that had expired by then, and those that a sign-out everywhere has invalidated."""
        return self.filter(Q(expires_at__lt=moment) | ~Q(sign_outs_everywhere=F("user__sign_outs_everywhere")))


class ApiToken(models.Model):
    """Lets a program use the REST API on behalf of a user. Revoking deletes it. Only the hash of the token is stored:
    the token is random, so nobody can guess it from the hash."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(_("scopes"), default=list)
    # The user's number when the token was made: signing out everywhere changes it.
    sign_outs_everywhere = models.PositiveIntegerField()
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("expires"))
    # To the hour: otherwise each request would write, and the exact time helps nobody.
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"API token {self.pk}"

    @property
    def scope_labels(self) -> list[str]:
        return [str(Scope(scope).label) for scope in self.scopes if scope in Scope.values]
