"""The same scene as another camera, light or skin tone would render it, for the fairness probe."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from emotions.synthetic.webcam import Box
from emotions.video.capture import Frame

# Red, green and blue of four of the ten tones of the Monk Skin Tone scale (Monk 2019).
SKIN_TONES = {1: (0xF6, 0xED, 0xE4), 4: (0xEA, 0xDA, 0xBA), 7: (0x82, 0x5C, 0x43), 10: (0x29, 0x24, 0x20)}
# The scale's swatches are in full light. A camera exposes a face lower, so that highlights do not saturate.
EXPOSURE = 0.75


@dataclass(frozen=True)
class Rendering:
    """One way to render a scene."""

    name: str
    severity: str
    apply: Callable[[Frame, Box], Frame]  # a scene [height, width, 3], blue-green-red, and its face's box


def unchanged(scene: Frame, _box: Box) -> Frame:
    """The scene as it is."""
    return scene


def brightness(share: float) -> Rendering:
    """Every level multiplied; above 1 the brightest ones saturate."""
    return Rendering("brightness", f"{share:g}", lambda scene, _: _as_pixels(scene * share))


def contrast(share: float) -> Rendering:
    """Every level's distance from the scene's mean multiplied."""
    return Rendering(
        "contrast", f"{share:g}", lambda scene, _: _as_pixels((scene - scene.mean()) * share + scene.mean())
    )


def gamma(exponent: float) -> Rendering:
    """The tone curve: below 1 brighter mid-tones, above 1 darker ones."""
    return Rendering("gamma", f"{exponent:g}", lambda scene, _: _as_pixels(255.0 * (scene / 255.0) ** exponent))


def colour_cast(name: str, red: float, blue: float) -> Rendering:
    """A white balance that is off: red and blue multiplied."""
    gains = np.array([blue, 1.0, red])
    return Rendering("colour cast", name, lambda scene, _: _as_pixels(scene * gains))


def skin_tone(tone: int) -> Rendering:
    """Only the face, in a tone of SKIN_TONES: its median level becomes EXPOSURE of that colour, and all others keep
    their ratio to the median, as on a surface with another reflectance under the same light."""
    colour = EXPOSURE * np.array(SKIN_TONES[tone][::-1], dtype=np.float64)

    def apply(scene: Frame, box: Box) -> Frame:
        x, y, width, height = box
        window = scene[y : y + height, x : x + width].astype(np.float64)
        opacity = _oval(width, height)
        grey = window.mean(axis=2)
        median = max(float(np.median(grey[opacity[..., 0] > 0.5])), 1.0)
        rendered = scene.copy()
        tinted = np.minimum(grey[..., np.newaxis] / median * colour, 255.0)
        rendered[y : y + height, x : x + width] = _as_pixels(window * (1.0 - opacity) + tinted * opacity)
        return rendered

    return Rendering("skin tone", f"Monk {tone}", apply)


UNCHANGED = Rendering("none", "", unchanged)
RENDERINGS = (
    *map(brightness, (0.5, 0.25, 1.5)),
    *map(contrast, (0.5, 1.5)),
    *map(gamma, (0.5, 2.0, 3.0)),
    colour_cast("warm", red=1.25, blue=0.6),
    colour_cast("cool", red=0.7, blue=1.25),
    *map(skin_tone, SKIN_TONES),
)


def _oval(width: int, height: int) -> NDArray[np.float64]:
    """The opacity [height, width, 1] of the face in its box: 1 in an oval that fills it, 0 in the corners."""
    mask = np.zeros((height, width), np.float64)
    cv2.ellipse(mask, (width // 2, height // 2), (round(0.44 * width), round(0.5 * height)), 0, 0, 360, 1.0, -1)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.04 * width), np.float64)[..., np.newaxis]


def _as_pixels(values: NDArray[Any]) -> Frame:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
