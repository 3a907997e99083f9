"""A transfer set: augmented views of the training faces, stored with each teacher's logits for them.

A teacher that has learnt the original faces' labels by heart only repeats them. About the very view that the student
sees, it says what the labels do not (Beyer et al. 2022). A folder holds

    settings.json              faces, seed and augmentation that the views come from
    view-000/faces.npy         uint8 [n, 48, 48]
    view-000/TEACHER.npy       float32 [n, 7], a teacher's logits; NaN for a face that it has not answered yet
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from emotions.labels import EXPRESSIONS
from emotions.preprocessing import softmax
from emotions.training.augmentation import Augmentation, augmented
from emotions.training.config import WeightedTeacher, WrongSettings
from emotions.training.dataset import LabelledFaces
from emotions.training.report import Report
from emotions.training.teachers import Teacher

SETTINGS_FILE = "settings.json"
FACES_FILE = "faces.npy"
# Faces between two updates of the progress bar. A killed run loses at most this many of a teacher's answers.
CHUNK = 64


@dataclass(frozen=True)
class TransferSet:
    """Stored views and what the teachers answered about them."""

    settings: dict[str, Any]  # as in settings.json
    views: list[NDArray[np.uint8]]  # per view the faces, [n, 48, 48]
    logits: dict[str, NDArray[np.float32]]  # per teacher [views, n, 7], NaN where it has not answered

    def mean_probabilities(self, teachers: Sequence[WeightedTeacher]) -> NDArray[np.float32]:
        """The weighted mean [views, n, 7] over the teachers that answered: some are asked only about the views that the
        first one is unsure of. NaN for a view that none has answered."""
        total = np.zeros_like(self.logits[teachers[0].name])
        weight = np.zeros_like(total)
        for teacher in teachers:
            probabilities = softmax(self.logits[teacher.name], teacher.temperature)
            answered = ~np.isnan(probabilities)
            total += teacher.weight * np.where(answered, probabilities, 0)
            weight += teacher.weight * answered
        return np.divide(total, weight, out=np.full_like(total, np.nan), where=weight > 0)


def extend(
    folder: Path,
    faces: LabelledFaces,
    teachers: Sequence[Teacher],
    *,
    views: int,
    augmentation: Augmentation,
    seed: int = 0,
    unsure_below: float = 1.0,
    listener: Report,
) -> None:
    """Extend the set to this many views, answered by these teachers. The answers of an earlier run stay.

    Teachers after the first are only asked about views for which its highest probability is below unsure_below.
    listener: advances by a step per answer, including those that exist or are not needed. Raises WrongSettings if the
    folder holds another set, or OSError.
    """
    settings = {"faces": fingerprint(faces), "seed": seed, "augmentation": asdict(augmentation)}
    text = json.dumps(settings, indent=2) + "\n"
    path = folder / SETTINGS_FILE
    if path.exists() and path.read_text() != text:
        raise WrongSettings(f"{folder} holds a transfer set of other faces, seed or augmentation. Name another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    # In random order, so that an unfinished view is a representative sample of the faces.
    order = np.random.default_rng(seed).permutation(len(faces))
    for view in range(views):
        view_folder = folder / f"view-{view:03}"
        view_folder.mkdir(exist_ok=True)
        rng = np.random.default_rng([seed, view])
        varied = _mapped(view_folder / FACES_FILE, "r", partial(augmented, faces.images, augmentation, rng))
        asked = order
        for teacher in teachers:
            # Written through to the file, so that the next run finds the answers from before a kill.
            answers = _mapped(view_folder / f"{teacher.name}.npy", "r+", partial(_no_answers, len(faces)))
            pending = asked[np.isnan(answers[asked, 0])]
            listener.step(len(faces) - len(pending))
            for start in range(0, len(pending), CHUNK):
                chosen = pending[start : start + CHUNK]
                answers[chosen] = teacher.logits(varied[chosen])
                listener.step(len(chosen))
            listener.line(f"view {view + 1} of {views}: {teacher.name} has answered")
            if teacher is teachers[0] and unsure_below < 1:
                asked = order[softmax(answers[order]).max(axis=1) < unsure_below]


def load(folder: Path, faces: LabelledFaces, teachers: Sequence[str]) -> TransferSet:
    """The views that the first of these teachers has begun to answer. Raises WrongSettings."""
    path = folder / SETTINGS_FILE
    if not path.exists():
        raise WrongSettings(f"{folder} holds no transfer set. Make one: python manage.py make_transfer_set")
    settings = json.loads(path.read_text())
    if settings["faces"] != fingerprint(faces):
        raise WrongSettings(f"{folder} was made from other faces.")
    folders = sorted(path.parent for path in folder.glob(f"view-*/{teachers[0]}.npy"))
    logits = {}
    for name in teachers:
        paths = [view_folder / f"{name}.npy" for view_folder in folders]
        if not any(path.exists() for path in paths):
            raise WrongSettings(f"{folder} has no answers of {name}.")
        logits[name] = np.stack([np.load(path) if path.exists() else _no_answers(len(faces)) for path in paths])
    return TransferSet(settings, [np.load(view_folder / FACES_FILE, mmap_mode="r") for view_folder in folders], logits)


def fingerprint(faces: LabelledFaces) -> str:
    """Identifies the faces that a set was made from."""
    return sha256(faces.images.tobytes() + faces.labels.tobytes()).hexdigest()


def _mapped(path: Path, mode: Literal["r", "r+"], make: Callable[[], NDArray[Any]]) -> NDArray[Any]:
    """The array in the file. If the file is missing, it is first made and saved, whole or not at all."""
    if not path.exists():
        scratch = path.with_name(f".{path.name}")
        np.save(scratch, make())
        scratch.rename(path)
    return np.load(path, mmap_mode=mode)


def _no_answers(faces: int) -> NDArray[np.float32]:
    return np.full((faces, len(EXPRESSIONS)), np.nan, np.float32)
