import re
import threading

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

# A hundred guesses a day from each of a hundred networks take three months for these (docs/adr/0016).
MIN_GUESSES = 1_000_000
# The estimate takes longer for longer passwords, and 30 ms at this length. Further characters only add guesses.
ESTIMATED_CHARACTERS = 40
# The library keeps a user's own words in a dictionary of its module.
_lock = threading.Lock()


class GuessablePasswordValidator:
    """Refuse a password that few guesses find: leaked ones, words, names, dates, rows of keys, or nearly these."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        known_about_user = f"attune {getattr(user, 'email', '')} {getattr(user, 'name', '')}"
        with _lock:
            estimate = zxcvbn(password[:ESTIMATED_CHARACTERS], user_inputs=re.split(r"[\W_]+", known_about_user))
        if estimate["guesses"] < MIN_GUESSES:
            text = _("This password is easy to guess: a leaked password, a word, a name, a date or a row of keys.")
            raise ValidationError(text, code="password_easy_to_guess")

    def get_help_text(self) -> str:
        return _("Your password can’t be easy to guess. Three unusual words make a good one.")
