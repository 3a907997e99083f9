"""Trained networks on disk: models/<name>/{model.keras, model.tflite, manifest.json, metrics.json, history.csv}.

Training writes model.keras; model.tflite is converted from it and served. default.txt names the default model.
"""

import dataclasses
import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emotions.classifier import Classifier
from emotions.labels import EXPRESSIONS
from emotions.preprocessing import NORMALISATION
from emotions.quality import MIN_TOP_PROBABILITY

if TYPE_CHECKING:
    import keras

MODELS_DIR = Path(__file__).resolve().parent.parent / "models"
DEFAULT_FILE = "default.txt"
NETWORK_FILE = "model.keras"
SERVED_FILE = "model.tflite"
MANIFEST_FILE = "manifest.json"
METRICS_FILE = "metrics.json"
HISTORY_FILE = "history.csv"

HOW_TO_TRAIN = "python manage.py train_emotion_model --data fer2013.zip --name NAME"


class UnknownModel(LookupError):
    """No model has that name; the message lists the names that exist."""


class DamagedModel(RuntimeError):
    """The files of a model are incomplete or do not match its manifest."""


@dataclass(frozen=True)
class Manifest:
    """Everything needed to use a network and to retrain it."""

    name: str
    architecture: str
    input_shape: tuple[int, int, int]
    normalisation: dict[str, Any]
    labels: tuple[str, ...]
    output: str
    temperature: float
    mirrored_mean: bool
    parameters: int
    training: dict[str, Any]
    keras_version: str
    backend: str
    trained_on: str
    data: str
    licence: str
    sha256: str = ""
    served_sha256: str = ""
    uncertain_below: float = MIN_TOP_PROBABILITY  # a reading with a lower top probability is a guess


@dataclass(frozen=True)
class LoadedModel:
    """A served model and its manifest."""

    manifest: Manifest
    classifier: Classifier

    def logits(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
        """Normalised faces [n, 48, 48, 1] → logits [n, 7], with mirror averaging if the manifest says so."""
        return self.classifier.mirrored_logits(faces) if self.manifest.mirrored_mean else self.classifier.logits(faces)


def available_models(models_dir: Path = MODELS_DIR) -> list[str]:
    """Return the names of the complete models, sorted."""
    return sorted(path.parent.name for path in models_dir.glob(f"*/{MANIFEST_FILE}"))


def default_model(models_dir: Path = MODELS_DIR) -> str:
    """Return the name in default.txt. Raises UnknownModel if there is no default."""
    try:
        return (models_dir / DEFAULT_FILE).read_text().strip()
    except FileNotFoundError:
        raise UnknownModel(f"{models_dir / DEFAULT_FILE} is missing. {_existing_models(models_dir)}") from None


def load_manifest(name: str = "", models_dir: Path = MODELS_DIR) -> Manifest:
    """Load a model's manifest, or the default model's for ''. Raises UnknownModel, or DamagedModel also for a network
    that answers or has to be asked in another way than the code expects.

    A model is called like its folder, which may have been copied or renamed since training.
    """
    name = name or default_model(models_dir)
    if name not in available_models(models_dir):
        raise UnknownModel(f"No model is called {name!r}. {_existing_models(models_dir)}")
    try:
        fields = json.loads((models_dir / name / MANIFEST_FILE).read_text())
        shape, labels = tuple(fields["input_shape"]), tuple(fields["labels"])
        manifest = dataclasses.replace(Manifest(**fields), name=name, input_shape=shape, labels=labels)
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedModel(f"The manifest of model {name!r} does not fit this version: {error}.") from error
    fixed = {"labels": EXPRESSIONS, "normalisation": NORMALISATION}
    if other := [field for field, value in fixed.items() if getattr(manifest, field) != value]:
        raise DamagedModel(f"Model {name!r} is of another version of Attune: it has other {' and '.join(other)}.")
    return manifest


def load_model(name: str = "", models_dir: Path = MODELS_DIR) -> LoadedModel:
    """Load a model to serve, or the default model for ''. Raises UnknownModel, or DamagedModel if a hash differs."""
    manifest = load_manifest(name, models_dir)
    path = _verified(models_dir / manifest.name / SERVED_FILE, manifest.served_sha256)
    return LoadedModel(manifest, Classifier(path.read_bytes()))


def load_network(name: str = "", models_dir: Path = MODELS_DIR) -> "keras.Model":
    """Load the trained network behind a model, for further training. Raises UnknownModel, DamagedModel."""
    import keras  # noqa: PLC0415  # serving does not need it

    manifest = load_manifest(name, models_dir)
    path = _verified(models_dir / manifest.name / NETWORK_FILE, manifest.sha256)
    return keras.models.load_model(path, compile=False)


def load_history(name: str = "", models_dir: Path = MODELS_DIR) -> str:
    """Return the figures of each training epoch as CSV with a header line; '' if none are stored."""
    path = models_dir / load_manifest(name, models_dir).name / HISTORY_FILE
    return path.read_text() if path.exists() else ""


def store_model(
    network: "keras.Model",
    served: bytes,
    manifest: Manifest,
    metrics: dict[str, Any],
    models_dir: Path = MODELS_DIR,
    history: str = "",
) -> Path:
    """Write a model's folder in one step, replacing one of the same name. The first model becomes the default.

    served: the result of conversion.converted. history: as load_history returns it.
    """
    models_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=models_dir, prefix=".new-") as scratch:
        folder = Path(scratch) / manifest.name
        folder.mkdir()
        network.save(folder / NETWORK_FILE)
        (folder / SERVED_FILE).write_bytes(served)
        complete = dataclasses.replace(
            manifest, sha256=_sha256(folder / NETWORK_FILE), served_sha256=_sha256(folder / SERVED_FILE)
        )
        _write_json(folder / MANIFEST_FILE, dataclasses.asdict(complete))
        _write_json(folder / METRICS_FILE, metrics)
        if history:
            (folder / HISTORY_FILE).write_text(history)
        target = models_dir / manifest.name
        if target.exists():
            shutil.move(target, Path(scratch) / "replaced")
        folder.rename(target)
    if not (models_dir / DEFAULT_FILE).exists():
        (models_dir / DEFAULT_FILE).write_text(f"{manifest.name}\n")
    return target


def _existing_models(models_dir: Path) -> str:
    names = available_models(models_dir)
    return f"Existing models: {', '.join(names) or 'none'}. To train one: {HOW_TO_TRAIN}"


def _verified(path: Path, sha256: str) -> Path:
    if not path.exists():
        raise DamagedModel(f"{path} is missing. Restore it, or train again: {HOW_TO_TRAIN}")
    if _sha256(path) != sha256:
        raise DamagedModel(
            f"{path} is not the file its manifest describes (SHA-256 differs). "
            f"Restore both, or train again: {HOW_TO_TRAIN}"
        )
    return path


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
