"""The smiling portrait in scikit-image, the only photograph that simulated cameras show."""

import importlib.util
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emotions.images import read_image


class NoPortrait(RuntimeError):
    """scikit-image, which contains the portrait, is not installed."""


@cache
def portrait() -> NDArray[np.uint8]:
    """Return the portrait [512, 512, 3] uint8, blue-green-red. Raises NoPortrait."""
    # Read the file directly: the package's own loader imports half of scikit-image and may go online.
    spec = importlib.util.find_spec("skimage")
    if spec is None or spec.origin is None:
        raise NoPortrait(
            "The default portrait comes with scikit-image, which serving does not need. Name a source instead, "
            "or: pip install --no-deps -r requirements.txt"
        )
    return read_image(Path(spec.origin).parent / "data" / "astronaut.png")
