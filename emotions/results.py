"""What recognition says about a snapshot."""

from dataclasses import dataclass

from emotions.labels import Expression, Probabilities
from emotions.quality import Doubt, FaceQuality


@dataclass(frozen=True)
class Face:
    """box: x, y, width, height in pixels, inside the frame. score: the detector's, 0..1.

    probabilities: in the order of EXPRESSIONS. uncertain: why the reading is no more than a guess, or None.
    """

    box: tuple[float, float, float, float]
    score: float
    probabilities: Probabilities
    expression: Expression
    uncertain: Doubt | None
    quality: FaceQuality


@dataclass(frozen=True)
class Recognition:
    """width, height: of the frame in pixels. faces: the largest first. model: the name of the network."""

    width: int
    height: int
    faces: tuple[Face, ...]
    model: str

    @property
    def chosen(self) -> Face | None:
        """The largest face: the student is nearer to the camera than whoever walks by behind."""
        return max(self.faces, key=lambda face: face.box[2] * face.box[3], default=None)
