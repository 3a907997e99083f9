"""Headless Chromium with a fake camera that plays a video of a real face."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser.fake_camera import camera_flags, chromium, launch_options, moving_portrait


@pytest.fixture(scope="session")
def chromium_path() -> str:
    if found := chromium():
        return found
    reason = "NO BROWSER: install Chromium (as root, scripts/install_chromium does) to run the browser tests."
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def camera_video(tmp_path_factory, portrait: bytes) -> Path:
    face = cv2.imdecode(np.frombuffer(portrait, np.uint8), cv2.IMREAD_COLOR)
    return moving_portrait(tmp_path_factory.mktemp("camera") / "face.mjpeg", face)


@pytest.fixture
async def browser(chromium_path: str, camera_video: Path):
    """A browser whose camera shows a face and whose user allows it."""
    async with async_playwright() as playwright:
        options = launch_options(chromium_path, *camera_flags(camera_video))
        opened: Browser = await playwright.chromium.launch(**options)
        yield opened
        await opened.close()


@pytest.fixture
async def browser_without_camera(chromium_path: str):
    """A browser on a machine without a camera."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(**launch_options(chromium_path, "--use-fake-ui-for-media-stream"))
        yield opened
        await opened.close()
