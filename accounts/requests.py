"""Request types whose user is known to be signed in, for the type checker."""

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import User


class SignedInRequest(HttpRequest):
    """The request of a view behind `login_required`."""

    user: User


class SignedInApiRequest(Request):
    """The request of an API view behind `IsAuthenticated`."""

    user: User
