import os
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """Also serves files that were collected after this process had started: during an upgrade, the pages of newer
    processes name them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        super().__init__(get_response)
        # Where find_file looks. WhiteNoise itself lists the folder once.
        self.directories = [(os.path.join(os.path.abspath(settings.STATIC_ROOT), ""), self.static_prefix)]

    def __call__(self, request: HttpRequest) -> Any:
        url = request.path_info
        if not self.autorefresh and url not in self.files and (found := self.find_file(url)):
            self.files[url] = found
        return super().__call__(request)
