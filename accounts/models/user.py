from typing import Any

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def with_address(self, email: str) -> "User | None":
        return self.filter(email__iexact=email).first()

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, role=User.Role.ADMINISTRATOR, **fields)


class User(AbstractUser):
    """Signs in with an e-mail address and has one role. Only administrators can use Django's admin."""

    class Role(models.TextChoices):
        STUDENT = "student", _("student")
        TEACHER = "teacher", _("teacher")
        ADMINISTRATOR = "administrator", _("administrator")

    username = None  # type: ignore[assignment]  # users sign in with their e-mail address
    first_name = None  # type: ignore[assignment]  # one name field: names come in more shapes than two
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=13, choices=Role, default=Role.STUDENT)

    # What the database had before the save in progress, for the security log.
    stored_values: dict[str, Any] | None = None

    # How often the user has signed out everywhere: part of what a session must know to be valid.
    sign_outs_everywhere = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()  # type: ignore[misc, assignment]  # AbstractUser declares one for usernames

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="staff_are_administrators",
                condition=models.Q(role="administrator", is_staff=True, is_superuser=True)
                | (~models.Q(role="administrator") & models.Q(is_staff=False, is_superuser=False)),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.is_staff = self.is_superuser = self.is_administrator
        # allauth looks accounts up by the address in lower case, so no two may differ in case alone.
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Change with each sign-out everywhere, too. Both public methods, for the key and its fallbacks, call this."""
        password_hash = super()._get_session_auth_hash(secret)  # type: ignore[misc]
        if not self.sign_outs_everywhere:
            return password_hash
        value = f"{password_hash}{self.sign_outs_everywhere}"
        return salted_hmac("accounts.sign_outs_everywhere", value, secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_student(self) -> bool:
        return self.role == self.Role.STUDENT

    @property
    def is_teacher(self) -> bool:
        return self.role == self.Role.TEACHER

    @property
    def is_administrator(self) -> bool:
        return self.role == self.Role.ADMINISTRATOR

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name
