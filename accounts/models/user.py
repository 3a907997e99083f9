from collections import defaultdict
from collections.abc import Collection, Iterable
from itertools import chain
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models.organisation import DEFAULT_ORGANISATION, Organisation, OrganisationId
from accounts.names import clean_name, sort_key, tell_apart, validate_name
from accounts.time_zones import validate_time_zone


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def bulk_create(self, objs: Iterable["User"], *args: Any, **kwargs: Any) -> list["User"]:
        users = list(objs)
        for user in users:
            user.normalise_name()
        organisations = {user.organisation_id for user in users}
        stored = list(self.filter(sort_key__in={user.sort_key for user in users}, organisation__in=organisations))
        changed = set(map(id, self._tell_apart(stored, users)))
        created = super().bulk_create(users, *args, **kwargs)
        self.bulk_update([user for user in stored if id(user) in changed], ["display_name"])
        return created

    def tell_apart(self, sort_keys: Collection[bytes]) -> None:
        """Update the display names of users with these names, after changes in bulk."""
        self.bulk_update(self._tell_apart(self.filter(sort_key__in=sort_keys)), ["display_name"])

    @staticmethod
    def _tell_apart(*users: Iterable["User"]) -> list["User"]:
        """Set the display names of the users, which must include all users of those names in their organisations.
        Return those that changed."""
        alike, changed = defaultdict(list), []
        for user in chain(*users):
            alike[user.organisation_id, bytes(user.sort_key)].append(user)
        for namesakes in alike.values():
            for user, shown in zip(namesakes, tell_apart([(each.name, each.email) for each in namesakes]), strict=True):
                if user.display_name != shown:
                    user.display_name = shown
                    changed.append(user)
        return changed

    def with_address(self, email: str) -> "User | None":
        return self.filter(email=email.lower()).first()

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, role=User.Role.ADMINISTRATOR, is_superuser=True, **fields)

    def get(self, *args: Any, **kwargs: Any) -> "User":
        """Also load the organisation, which each page shows. Authentication fetches its user with this method."""
        return self.select_related("organisation").get(*args, **kwargs)

    def in_organisation(self, organisation: OrganisationId) -> "models.QuerySet[User]":
        return self.filter(organisation=organisation)


class User(AbstractUser):
    """Belongs to an organisation, signs in with an e-mail address and has one role. Superusers, who run the server, are
    administrators who can also use Django's admin, which shows every organisation."""

    class Role(models.TextChoices):
        STUDENT = "student", _("student")
        TEACHER = "teacher", _("teacher")
        ADMINISTRATOR = "administrator", _("administrator")

    username = None  # type: ignore[assignment]  # users sign in with their e-mail address
    first_name = None  # type: ignore[assignment]  # one name field: names come in more shapes than two
    last_name = None  # type: ignore[assignment]
    organisation: "models.ForeignKey[Organisation, Organisation]" = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="+",
        default=DEFAULT_ORGANISATION,
        db_default=DEFAULT_ORGANISATION,  # type: ignore[arg-type]  # takes the key, too
        editable=False,
    )
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, validators=[validate_name])
    # The name as teachers see it: with (part of) the e-mail address if someone else at the school has that name.
    display_name = models.CharField(max_length=400, editable=False, default="", db_default="")
    # In bytes, because databases sort text differently.
    sort_key = models.BinaryField(editable=False, default=b"", db_default=b"")
    role = models.CharField(_("role"), max_length=13, choices=Role, default=Role.STUDENT)
    # Empty: the browser's.
    language = models.CharField(
        _("language"), max_length=8, choices=settings.LANGUAGES, blank=True, default="", db_default=""
    )
    # Empty: the school's, settings.TIME_ZONE.
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, default="", db_default="", validators=[validate_time_zone]
    )

    # The school's own number or name for the person, so that files can be joined with its other systems.
    school_id = models.CharField(
        _("school’s ID"),
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text=_("As the school’s files have it."),
    )

    # The database's values before the save in progress, for the security log.
    stored_values: dict[str, Any] | None = None

    # How often the user has signed out everywhere: part of what a session must know to be valid.
    sign_outs_everywhere = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    # The last mail that an administrator requested with a link to choose a password: sign_in/new_accounts.py.
    password_mail_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    password_mail_sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    password_mail_failed = models.BooleanField(default=False, db_default=False, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()  # type: ignore[misc, assignment]  # AbstractUser declares one for usernames

    class Meta:
        ordering = ["sort_key", "pk"]
        indexes = [models.Index(fields=["sort_key"], name="user_by_name")]
        constraints = [
            models.CheckConstraint(
                name="superusers_are_administrators",
                condition=models.Q(is_staff=models.F("is_superuser"))
                & (models.Q(role="administrator") | models.Q(is_superuser=False)),
            ),
            models.UniqueConstraint(
                name="one_user_per_school_id",
                fields=["organisation", "school_id"],
                condition=~models.Q(school_id=""),
                violation_error_message=_("Another account has this ID."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.is_staff = self.is_superuser = self.is_superuser and self.is_administrator
        # allauth looks accounts up by the address in lower case, so no two may differ only in case.
        self.email = self.email.lower()
        fields = kwargs.get("update_fields")
        if fields is None or {"name", "email"} & set(fields):
            self._save_with_namesakes(*args, **kwargs)
        else:
            super().save(*args, **kwargs)

    def _save_with_namesakes(self, *args: Any, **kwargs: Any) -> None:
        self.normalise_name()
        former_keys = User.objects.filter(pk=self.pk).values_list("sort_key", flat=True)
        keys = {self.sort_key, *map(bytes, former_keys)}
        others = User.objects.in_organisation(self.organisation_id).filter(sort_key__in=keys).exclude(pk=self.pk)
        changed = User.objects._tell_apart([self], others)
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "name", "display_name", "sort_key"}
        super().save(*args, **kwargs)
        User.objects.bulk_update([user for user in changed if user is not self], ["display_name"])

    def normalise_name(self) -> None:
        """Clean the name. Without a visible character, it becomes the first part of the e-mail address."""
        self.name = clean_name(self.name)[:120].strip() or self.email.partition("@")[0][:120]
        self.sort_key = sort_key(self.name).encode()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Also change with each sign-out everywhere. Both public methods, for the key and its fallbacks, call this."""
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
