"""Options for headless Chromium with a fake camera that plays a video of a face."""

import os
import shutil
from pathlib import Path

import cv2
import numpy as np

# Each picture costs CPU time in three processes, and the product asks for two per second.
PICTURES_PER_S = 10
FAKE_CAMERA = f"--use-fake-device-for-media-stream=fps={PICTURES_PER_S}"
USER_ALLOWS = "--use-fake-ui-for-media-stream"
# The same browser without its windows, which takes half the CPU time.
WITHOUT_WINDOWS = "chromium-headless-shell"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", WITHOUT_WINDOWS)
# The address bar's popups are separate pages, which cost more CPU time than a page of the product in each window that a
# test opens. The rest is what Playwright disables, since Chromium only uses the last list.
UNUSED_FEATURES = """
WebUIOmniboxPopup WebUIOmniboxAimPopup
AvoidUnnecessaryBeforeUnloadCheckSync DestroyProfileOnBrowserClose HttpsUpgrades HttpsFirstBalancedModeAutoEnable
LensOverlay MediaRouter PaintHolding ThirdPartyStoragePartitioning AvoidCorsURLLoaderRestartOnRedirect
OptimizationHints NetworkTimeServiceQuerying AimEnabled PreconnectToSearch
"""


def chromium(preferred: str = CHROMIUM_NAMES[0]) -> str | None:
    """Return the path of the browser, if it is installed."""
    return next((found for name in (preferred, *CHROMIUM_NAMES) if (found := shutil.which(name))), None)


def required_chromium() -> str:
    """Return the path of the browser. Exits the program if there is none."""
    if path := chromium():
        return path
    raise SystemExit("Chromium is not installed; as root, scripts/install_chromium installs it.")


def launch_options(chromium_path: str, *flags: str) -> dict:
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    quiet.append(f"--disable-features={','.join(UNUSED_FEATURES.split())}")
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return {"executable_path": chromium_path, "args": [*quiet, *sandbox, "--disable-gpu", *flags]}


def camera_flags(video: Path) -> tuple[str, ...]:
    """Return flags for a camera that plays the video, and a user who allows it."""
    return (FAKE_CAMERA, USER_ALLOWS, f"--use-file-for-fake-video-capture={video}")


def moving_portrait(video: Path, face: np.ndarray) -> Path:
    """Write two seconds of the face moving a little, in the format (Y4M) that Chromium loops as a camera."""
    face = cv2.resize(face, (480, 480))
    count = 2 * PICTURES_PER_S
    with video.open("wb") as file:
        file.write(b"YUV4MPEG2 W640 H480 F%d:1 Ip A1:1 C420jpeg\n" % PICTURES_PER_S)
        for number in range(count):
            frame = np.full((480, 640, 3), 90, np.uint8)
            left = 80 + round(10 * np.sin(number / count * 2 * np.pi))
            frame[:, left : left + 480] = face
            file.write(b"FRAME\n" + cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420).tobytes())
    return video
