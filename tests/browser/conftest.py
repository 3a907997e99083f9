"""Headless Chromium with a fake camera that plays a video of a real face."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.fake_camera import (
    FAKE_CAMERA,
    USER_ALLOWS,
    WITHOUT_WINDOWS,
    camera_flags,
    chromium,
    launch_options,
    moving_portrait,
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all, since the browser uses it, too."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    if found := chromium(WITHOUT_WINDOWS):
        return found
    reason = "NO BROWSER: install Chromium (as root, scripts/install_chromium does) to run the browser tests."
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def camera_video(tmp_path_factory, portrait: bytes) -> Path:
    face = cv2.imdecode(np.frombuffer(portrait, np.uint8), cv2.IMREAD_COLOR)
    return moving_portrait(tmp_path_factory.mktemp("camera") / "face.y4m", face)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def launched(chromium_path: str):
    """Launches a browser with camera flags, once for all tests that ask for the same ones."""
    browsers: dict[tuple[str, ...], Browser] = {}

    async def launch(*flags: str) -> Browser:
        if flags not in browsers:
            browsers[flags] = await playwright.chromium.launch(**launch_options(chromium_path, *flags))
        return browsers[flags]

    async with async_playwright() as playwright:
        yield launch
        for each in browsers.values():
            await each.close()


@asynccontextmanager
async def emptied(browser: Browser) -> AsyncIterator[Browser]:
    """The browser, without anything that an earlier test left open, and without its cookies."""
    yield browser
    for context in browser.contexts:
        await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browser(launched, camera_video: Path):
    """A browser whose camera shows a face and whose user allows it."""
    async with emptied(await launched(*camera_flags(camera_video))) as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def browser_without_face(launched):
    """A browser whose camera works and shows no face: Chromium's own test picture."""
    async with emptied(await launched(FAKE_CAMERA, USER_ALLOWS)) as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def browser_without_camera(launched):
    """A browser on a machine without a camera."""
    async with emptied(await launched(USER_ALLOWS)) as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browser_of_the_file(launched):
    """Like browser_without_camera, for a page that all tests of a file share."""
    async with emptied(await launched(USER_ALLOWS)) as browser:
        yield browser
