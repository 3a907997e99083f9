"""The result of recognising a snapshot."""

from dataclasses import dataclass

from emotions.labels import Expression, Probabilities
from emotions.quality import Doubt, FaceQuality


@dataclass(frozen=True)
class Face:
    """box: x, y, width, height in pixels, inside the frame. score: the detector's, 0..1.

    probabilities: in the order of EXPRESSIONS. uncertain: the reason to treat the reading as a guess, or None.
    """

    box: tuple[float, float, float, float]
    score: float
    probabilities: Probabilities
    expression: Expression
    uncertain: Doubt | None
    quality: FaceQuality


@dataclass(frozen=True)
class Recognition:
    """width, height: of the frame in pixels. faces: those read, largest first. model: the name of the network.

    unread: how many smaller faces were found but not read.
    """

    width: int
    height: int
    faces: tuple[Face, ...]
    model: str
    unread: int = 0

    @property
    def faces_found(self) -> int:
        return len(self.faces) + self.unread

    @property
    def chosen(self) -> Face | None:
        """The largest face: the student is closer to the camera than anyone in the background."""
        return max(self.faces, key=lambda face: face.box[2] * face.box[3], default=None)
