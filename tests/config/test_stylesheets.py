"""Rules that every stylesheet follows. Breaking any of them costs readers something."""

import re

import pytest

from tests.server import ROOT

STYLESHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
# These only need repainting or compositing. Any other property would redo the layout in every frame.
ANIMATED = {"transform", "opacity", "color", "background-color", "border-color", "none"}
TRANSITION = re.compile(r"\btransition(?:-property)?\s*:\s*([^;}]+)")
KEYFRAMES = re.compile(r"@keyframes\s+[\w-]+\s*\{((?:[^{}]*\{[^{}]*\})*)[^{}]*\}")


def animated_properties(css: str) -> set[str]:
    transitions = [part.split()[0] for value in TRANSITION.findall(css) for part in value.split(",")]
    frames = [name for body in KEYFRAMES.findall(css) for name in re.findall(r"([\w-]+)\s*:", body)]
    return {*transitions, *frames}


def test_animated_properties_are_found():
    css = "a { transition: left 1s, opacity 2s } @keyframes grow { from { width: 0 } 50% { height: 1px } } b { top: 0 }"
    assert animated_properties(css) == {"left", "opacity", "width", "height"}


@pytest.mark.parametrize("path", STYLESHEETS, ids=lambda path: path.name)
def test_nothing_is_laid_out_in_every_frame(path):
    assert animated_properties(path.read_text()) <= ANIMATED
