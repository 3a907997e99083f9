"""Options for headless Chromium with a fake camera that plays a video of a face."""

import os
import shutil
from pathlib import Path

import cv2
import numpy as np

FAKE_CAMERA = "--use-fake-device-for-media-stream"
USER_ALLOWS = "--use-fake-ui-for-media-stream"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Return the path of the browser, if it is installed."""
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)


def launch_options(chromium_path: str, *flags: str) -> dict:
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return {"executable_path": chromium_path, "args": [*quiet, *sandbox, "--disable-gpu", *flags]}


def camera_flags(video: Path) -> tuple[str, ...]:
    """A camera that plays the video, and a user who allows it."""
    return (FAKE_CAMERA, USER_ALLOWS, f"--use-file-for-fake-video-capture={video}")


def moving_portrait(video: Path, face: np.ndarray) -> Path:
    """Write two seconds of the face moving a little, in the format that Chromium loops as a camera."""
    face = cv2.resize(face, (480, 480))
    with video.open("wb") as file:
        for number in range(20):
            frame = np.full((480, 640, 3), 90, np.uint8)
            left = 80 + round(10 * np.sin(number / 20 * 2 * np.pi))
            frame[:, left : left + 480] = face
            file.write(cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes())
    return video
