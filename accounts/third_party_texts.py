"""Texts of allauth and Django that our pages show, with our own wording.

allauth has no Hindi, and some of Django's is missing or hard to understand, so locale/hi translates these texts.
locale/en replaces English ones that do not follow our wording. Django prefers our catalogues to the packages' own.
Naming the texts here adds them to ours.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

FORMS = [
    _("Email"),
    _("Email address"),
    _("Password"),
    _("Password (again)"),
    _("Current Password"),
    _("New Password"),
    _("New Password (again)"),
    _("Forgot your password?"),
    _("Code"),
    _("This field is required."),
    _("Enter a valid email address."),
    _("Enter a valid date."),
    _("Enter a whole number."),
    _("Ensure this value is greater than or equal to %(limit_value)s."),
    _("Ensure this value is less than or equal to %(limit_value)s."),
    _("Your password can’t be a commonly used password."),
    _("Your password can’t be too similar to your other personal information."),
    _("Select a valid choice. That choice is not one of the available choices."),
    _("Select a valid choice. %(value)s is not one of the available choices."),
    _("The submitted file is empty."),
    _("Null characters are not allowed."),
    # From {{ size|filesizeformat }}.
    _("%s KB"),
    _("%s MB"),
    _("%s GB"),
    _("%s TB"),
]

# Django misspells some months in Hindi, and shortens others to something that is no word.
MONTHS = [
    _("September"),
    _("November"),
    _("December"),
    _("jan"),
    _("feb"),
    _("mar"),
    _("apr"),
    _("may"),
    _("jun"),
    _("jul"),
    _("aug"),
    _("sep"),
    _("oct"),
    _("nov"),
    _("dec"),
]

PLURALS = [
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
        "min_length",
    ),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
    # From {{ start|timesince:end }}, the length of a class.
    ngettext_lazy("%(num)d day", "%(num)d days", "num"),
    ngettext_lazy("%(num)d hour", "%(num)d hours", "num"),
    ngettext_lazy("%(num)d minute", "%(num)d minutes", "num"),
]

ERRORS = [
    _("A user is already registered with this email address."),
    _("Be patient, you are sending too many requests."),
    _("Incorrect code."),
    _("Incorrect password."),
    _("Please type your current password."),
    _("The email address and/or password you specified are not correct."),
    _("The password reset token was invalid."),
    _("The password is too similar to the %(verbose_name)s."),
    _("This account is currently inactive."),
    _("This email address is already associated with this account."),
    _("This password is too common."),
    _("Too many failed login attempts. Try again later."),
    _("You cannot activate two-factor authentication until you have verified your email address."),
    _("You cannot generate recovery codes without having two-factor authentication enabled."),
    _("You must type the same password each time."),
    _("Your account has no password set up."),
    _("Your account has no verified email address."),
]

MESSAGES = [
    _("Confirmation email sent to %(email)s."),
    _("Password successfully changed."),
    _("Password successfully set."),
    _("Primary email address set."),
    _("Removed email address %(email)s."),
    _("Successfully signed in as %(name)s."),
    _("Unable to confirm %(email)s because it is already confirmed by a different account."),
    _("You cannot remove your primary email address (%(email)s)."),
    _("You have confirmed %(email)s."),
    _("You have signed out."),
    _("Your primary email address must be verified."),
]
