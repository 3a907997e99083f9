"""Requests whose user is known to be signed in, for the type checker."""

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import User


class SignedInRequest(HttpRequest):
    """What a view behind `login_required` gets."""

    user: User


class SignedInApiRequest(Request):
    """What an API view behind `IsAuthenticated` gets."""

    user: User
