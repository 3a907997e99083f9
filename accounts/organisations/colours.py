"""The colours that an organisation may choose: those that stand out from the header in light and in dark mode.

It marks a stripe and no text, so WCAG 2.2 AA asks for 3:1 (1.4.11, non-text contrast).
"""

import re

HEX = re.compile("#[0-9a-f]{6}")
MIN_CONTRAST = 3.0
# --surface in static/css/tokens.css.
SURFACES = {"light": "#ffffff", "dark": "#161a21"}


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def modes_without_contrast(colour: str) -> list[str]:
    """Return the modes in which the colour is too close to the header's."""
    return [mode for mode, surface in SURFACES.items() if contrast(colour, surface) < MIN_CONTRAST]


def _luminance(colour: str) -> float:
    shares = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
