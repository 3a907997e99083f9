"""Checks the setting SIGN_UP: who may create an account."""

from django.core.exceptions import ImproperlyConfigured

CHOICES = ("open", "join_code", "invitation", "closed")


def checked(choice: str) -> str:
    if choice not in CHOICES:
        raise ImproperlyConfigured(f"SIGN_UP is {choice!r}. Set it to one of {', '.join(CHOICES)}.")
    return choice
