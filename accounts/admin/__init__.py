from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from lti_tool.admin import models as lti_models  # this import registers them

from accounts.admin.deletion import CheckedSelectionMixin, CountedDeletionMixin
from accounts.admin.organisations import SeveralOrganisationsMixin
from accounts.forms import UserCreationForm
from accounts.models import ConsentText, Organisation, User
from accounts.second_factors.requirement import remove_second_factors
from accounts.security_log.events import record_view

admin.site.unregister(Group)
# allauth stores an EmailAddress only for users who signed up themselves; User.email is the one that counts.
admin.site.unregister(EmailAddress)
# People change these on their account page; providers are configured. Nobody else sees keys, sessions or addresses.
admin.site.unregister([Authenticator, SocialAccount, SocialApp, SocialToken, UserSession])
# The product has its own page, which shows no key.
admin.site.unregister(lti_models.LtiRegistration)
# Sign in through allauth, whose rate limits slow down password guessing.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = _("Attune administration")
admin.site.site_title = _("Attune")


@admin.register(User)
class UserAdmin(CountedDeletionMixin, DjangoUserAdmin):
    list_display = ["name", "email", "school_id", "role", "is_active", "last_login"]
    list_filter = ["role", "is_active"]
    search_fields = ["name", "email", "school_id"]
    ordering = ["sort_key", "pk"]
    add_form = UserCreationForm
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        (_("Profile"), {"fields": ["name", "school_id", "role", "is_superuser", "language", "time_zone", "is_active"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["email", "name", "school_id", "role", "password1", "password2"]})
    ]
    readonly_fields = ["last_login", "date_joined"]
    filter_horizontal = []
    actions = ["remove_second_factors"]

    @admin.action(description=_("Remove the second factors of selected people who have lost theirs"))
    def remove_second_factors(self, request, queryset):
        removed = sum(remove_second_factors(user) > 0 for user in queryset)
        people = ngettext(
            "%(n)d person now signs in without a second factor.",
            "%(n)d people now sign in without a second factor.",
            removed,
        )
        self.message_user(request, people % {"n": removed})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        response = super().change_view(request, object_id, form_url, extra_context)
        if response.status_code == 200 and (person := self.get_object(request, object_id)):
            about = {"subject": person.pk, "organisation": person.organisation_id}
            record_view("person", actor=request.user, **about)
        return response


@admin.register(Organisation)
class OrganisationAdmin(CheckedSelectionMixin, admin.ModelAdmin):
    """`manage.py create_organisation` creates one with its first administrator."""

    list_display = ["name", "created_at"]
    fields = ["name", "created_at"]
    readonly_fields = ["created_at"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Only the first organisation starts without a name. No name may be removed."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.base_fields["name"].required = True
        return form

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(ConsentText)
class ConsentTextAdmin(SeveralOrganisationsMixin, CheckedSelectionMixin, admin.ModelAdmin):
    """Published texts are read-only, because students agreed to their wording. A page with a preview adds one."""

    list_display = ["version", "published_at", "applies_from"]
    fields = ["version", "body", "translations", "published_at", "applies_from"]

    def add_view(self, request, form_url="", extra_context=None):
        return redirect("consent_text_publish")

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
