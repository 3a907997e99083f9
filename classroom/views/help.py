"""Help pages, for everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@require_GET
def camera_help(request: HttpRequest) -> HttpResponse:
    """How to share the camera with a video call, for each system and call."""
    return render(request, "classroom/camera_help.html")
