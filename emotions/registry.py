"""Trained networks on disk: models/<name>/{model.keras, model.tflite, manifest.json, metrics.json, history.csv}, the
default in default.txt. model.keras is what training made; model.tflite, converted from it, is what is served."""

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
    """No model has that name; the message lists those that exist."""


class DamagedModel(RuntimeError):
    """A model's files are incomplete or not the ones its manifest describes."""


@dataclass(frozen=True)
class Manifest:
    """All that is needed to use a network and to train it again."""

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


@dataclass(frozen=True)
class LoadedModel:
    """A model as it is served, and its manifest."""

    manifest: Manifest
    classifier: Classifier

    def logits(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
        """Normalised faces [n, 48, 48, 1] → logits [n, 7], with the mirror image where the manifest says so."""
        return self.classifier.mirrored_logits(faces) if self.manifest.mirrored_mean else self.classifier.logits(faces)


def available_models(models_dir: Path = MODELS_DIR) -> list[str]:
    """The names of the complete models, sorted."""
    return sorted(path.parent.name for path in models_dir.glob(f"*/{MANIFEST_FILE}"))


def default_model(models_dir: Path = MODELS_DIR) -> str:
    """The name in default.txt; UnknownModel when no default is set."""
    try:
        return (models_dir / DEFAULT_FILE).read_text().strip()
    except FileNotFoundError:
        raise UnknownModel(f"{models_dir / DEFAULT_FILE} is missing. {_what_exists(models_dir)}") from None


def load_manifest(name: str = "", models_dir: Path = MODELS_DIR) -> Manifest:
    """The manifest of a model, of the default one for ''. Raises UnknownModel or DamagedModel."""
    name = name or default_model(models_dir)
    if name not in available_models(models_dir):
        raise UnknownModel(f"No model is called {name!r}. {_what_exists(models_dir)}")
    try:
        fields = json.loads((models_dir / name / MANIFEST_FILE).read_text())
        manifest = Manifest(**fields)
    except (TypeError, ValueError) as error:
        raise DamagedModel(f"The manifest of model {name!r} does not fit this version: {error}.") from error
    return dataclasses.replace(manifest, input_shape=tuple(fields["input_shape"]), labels=tuple(fields["labels"]))


def load_metrics(name: str = "", models_dir: Path = MODELS_DIR) -> dict[str, Any]:
    """What the model reached on the validation split when it was trained: the keys of `evaluate.metrics`."""
    manifest = load_manifest(name, models_dir)
    return dict(json.loads((models_dir / manifest.name / METRICS_FILE).read_text()))


def load_model(name: str = "", models_dir: Path = MODELS_DIR) -> LoadedModel:
    """A model to serve, the default one for ''. Raises UnknownModel, or DamagedModel when the hash differs."""
    manifest = load_manifest(name, models_dir)
    path = _checked(models_dir / manifest.name / SERVED_FILE, manifest.served_sha256)
    return LoadedModel(manifest, Classifier.from_file(path))


def load_network(name: str = "", models_dir: Path = MODELS_DIR) -> "keras.Model":
    """The trained network behind a model, to train on. Raises UnknownModel, DamagedModel."""
    import keras  # noqa: PLC0415  # serving does without

    manifest = load_manifest(name, models_dir)
    path = _checked(models_dir / manifest.name / NETWORK_FILE, manifest.sha256)
    return keras.models.load_model(path, compile=False)


def load_history(name: str = "", models_dir: Path = MODELS_DIR) -> str:
    """The figures of each epoch of the model's training as CSV, with a line of headings; '' where none are stored."""
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
    """Write a model's folder in one step, replacing one of that name; the first model becomes the default. served: the
    network as conversion.converted gives it; history: as load_history gives it."""
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


def _what_exists(models_dir: Path) -> str:
    names = available_models(models_dir)
    return f"There are: {', '.join(names) or 'none'}. To train one: {HOW_TO_TRAIN}"


def _checked(path: Path, sha256: str) -> Path:
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
