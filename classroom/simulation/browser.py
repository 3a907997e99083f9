"""A browser's steps before the class page opens (sign in, join, consent), over plain HTTP with the real forms."""

import re
from http import HTTPStatus
from typing import Any

import aiohttp


class SimulationFailed(Exception):
    """The server did not respond as it would to a browser. The text names the step."""


class Browser:
    """One signed-in person with their own cookies. Close it with `close`."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        # `unsafe`: without it, the jar rejects cookies of an IP address such as 127.0.0.1.
        self.http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def close(self) -> None:
        await self.http.close()

    async def sign_in(self, email: str, password: str) -> None:
        await self.get("/accounts/login/")
        await self.post("/accounts/login/", {"login": email, "password": password})

    async def join_course(self, join_code: str) -> str:
        """Return the path of the course's page."""
        return await self.post("/courses/join/", {"join_code": join_code})

    async def consent(self, course: str) -> None:
        """Agree in the course, if it uses a camera."""
        page = await self.get(f"{course}consent/")
        version = re.search(r'name="version"[^>]*value="(\d+)"', page)
        if version:  # not in a course without cameras, nor after an earlier run
            await self.post(f"{course}consent/grant/", {"agree": "on", "version": version[1]})

    async def open_socket(self, path: str) -> aiohttp.ClientWebSocketResponse:
        return await self.http.ws_connect(self.url + path, headers={"Origin": self.url}, max_msg_size=0)

    async def get(self, path: str) -> str:
        async with self.http.get(self.url + path) as response:
            if response.status != 200:
                raise SimulationFailed(f"GET {path} answered {response.status}")
            return await response.text()

    async def post(self, path: str, data: dict[str, str]) -> str:
        """Submit a form as a page does. The server answers every successful form with a redirect; return its path."""
        options: Any = {"data": data, "headers": self._headers(path), "allow_redirects": False}
        async with self.http.post(self.url + path, **options) as response:
            if response.status != HTTPStatus.FOUND:
                raise SimulationFailed(f"POST {path} answered {response.status}")
            return response.headers["Location"]

    async def call(self, method: str, path: str, data: dict[str, str] | None = None) -> None:
        """Send JSON to the API as a page's script does."""
        async with self.http.request(method, self.url + path, json=data, headers=self._headers(path)) as response:
            if not response.ok:
                raise SimulationFailed(f"{method} {path} answered {response.status}")

    def _headers(self, path: str) -> dict[str, str]:
        token = next((cookie.value for cookie in self.http.cookie_jar if cookie.key == "csrftoken"), "")
        return {"X-CSRFToken": token, "Referer": self.url + path}
