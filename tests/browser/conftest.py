"""Headless Chromium with a fake camera that plays a video of a real face."""

import os
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.async_api import Browser, async_playwright

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    for name in CHROMIUM_NAMES:
        if found := shutil.which(name):
            return found
    reason = "NO BROWSER: install Chromium (as root, scripts/install_chromium does) to run the browser tests."
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def camera_video(tmp_path_factory, portrait: bytes) -> Path:
    """A camera's video as Chromium plays it: the portrait, moving a little, for two seconds, again and again."""
    image = cv2.imdecode(np.frombuffer(portrait, np.uint8), cv2.IMREAD_COLOR)
    face = cv2.resize(image, (480, 480))
    video = tmp_path_factory.mktemp("camera") / "face.mjpeg"
    with video.open("wb") as file:
        for number in range(20):
            frame = np.full((480, 640, 3), 90, np.uint8)
            left = 80 + round(10 * np.sin(number / 20 * 2 * np.pi))
            frame[:, left : left + 480] = face
            file.write(cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes())
    return video


def launch_options(chromium_path: str, *flags: str) -> dict:
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return {"executable_path": chromium_path, "args": [*quiet, *sandbox, "--disable-gpu", *flags]}


@pytest.fixture
async def browser(chromium_path: str, camera_video: Path):
    """A browser whose camera shows a face and whose user allows it."""
    flags = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={camera_video}",
    )
    async with async_playwright() as playwright:
        opened: Browser = await playwright.chromium.launch(**launch_options(chromium_path, *flags))
        yield opened
        await opened.close()


@pytest.fixture
async def browser_without_camera(chromium_path: str):
    """A browser on a machine without a camera."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(**launch_options(chromium_path, "--use-fake-ui-for-media-stream"))
        yield opened
        await opened.close()
