"""From a trained network to a stored model: converted, calibrated and measured as it will be served."""

import dataclasses
import logging
from pathlib import Path

import keras

from emotions import registry
from emotions.classifier import Classifier
from emotions.conversion import converted

from . import evaluate
from .dataset import LabelledFaces

logger = logging.getLogger(__name__)


def release(
    network: keras.Model, manifest: registry.Manifest, validation: LabelledFaces, models_dir: Path = registry.MODELS_DIR
) -> Path:
    """Store the network under the manifest's name, with the temperature that fits the validation faces and the figures
    it reaches on them. Returns the model's folder."""
    served = converted(network)
    logits = evaluate.face_logits(registry.LoadedModel(manifest, Classifier(served)).logits, validation.images)
    temperature = evaluate.fitted_temperature(logits, validation.labels)
    figures = evaluate.metrics(logits, validation, split="validation", model=manifest.name, temperature=temperature)
    logger.info("%s: accuracy %.4f on %d validation images.", manifest.name, figures["accuracy"], figures["images"])
    calibrated = dataclasses.replace(manifest, temperature=temperature)
    return registry.store_model(network, served, calibrated, figures, models_dir)
