"""Turns a trained network into a stored model: balanced, converted, calibrated and measured as it will be served."""

import dataclasses
import logging
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from emotions import registry
from emotions.classifier import Classifier
from emotions.quality import MIN_TOP_PROBABILITY
from emotions.training import evaluate
from emotions.training.conversion import converted
from emotions.training.dataset import LabelledFaces

logger = logging.getLogger(__name__)


def release(
    network: keras.Model,
    manifest: registry.Manifest,
    validation: LabelledFaces,
    models_dir: Path = registry.MODELS_DIR,
    balance: float | None = None,
    history: str = "",
) -> Path:
    """Store the network under the manifest's name, with the temperature and the threshold of `uncertain` that fit the
    validation faces, and its figures on them. balance: first fit the last layer's biases to them, as
    evaluate.fitted_offsets does; None keeps the biases. history: CSV of the training, from registry.load_history.
    Returns the model's folder."""
    held_out = {}
    if balance is not None:
        logits = _served_logits(converted(network), manifest, validation)
        offsets = evaluate.fitted_offsets(logits, validation.labels, balance)
        held_out = {"held_out": evaluate.balanced_held_out(logits, validation.labels, balance)}
        bias = network.get_layer("logits").bias
        bias.assign(keras.ops.convert_to_numpy(bias) + offsets)
        manifest = dataclasses.replace(manifest, training=manifest.training | {"balance": balance})
    served = converted(network)
    logits = _served_logits(served, manifest, validation)
    temperature = evaluate.fitted_temperature(logits, validation.labels)
    figures = evaluate.metrics(logits, validation, split="validation", model=manifest.name, temperature=temperature)
    logger.info("%s: accuracy %.4f on %d validation images.", manifest.name, figures["accuracy"], figures["images"])
    answered = figures["answered"]
    uncertain_below = answered["uncertain_below"] if answered["enough"] else MIN_TOP_PROBABILITY
    calibrated = dataclasses.replace(manifest, temperature=temperature, uncertain_below=uncertain_below)
    return registry.store_model(network, served, calibrated, figures | held_out, models_dir, history)


def _served_logits(served: bytes, manifest: registry.Manifest, faces: LabelledFaces) -> NDArray[np.float32]:
    return evaluate.face_logits(registry.LoadedModel(manifest, Classifier(served)).logits, faces.images)
