"""One network from several.

Joined: their convolutions run side by side under one last layer, whose logits are the mean of theirs. Networks that
were trained differently err on different faces, so the mean errs less. Averaged: for networks that continued from the
same weights in different ways, the mean of their weights does as much and costs nothing when served (Wortsman et al.
2022)."""

import dataclasses
import datetime
from collections.abc import Iterator, Sequence, Set
from pathlib import Path

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from emotions import registry
from emotions.labels import EXPRESSIONS
from emotions.preprocessing import FACE_SIDE, normalise
from emotions.training.config import WrongSettings
from emotions.training.dataset import LabelledFaces
from emotions.training.evaluate import BATCH
from emotions.training.release import release


def joined(
    networks: Sequence[keras.Model], temperatures: Sequence[float], mirrored: Set[int] = frozenset()
) -> keras.Model:
    """A network [n, 48, 48, 1] → [n, 7] whose logits are the mean of each network's logits over its temperature.

    mirrored: indices of the networks that also read each face's mirror image and answer with the mean of both.
    """
    faces = keras.Input((FACE_SIDE, FACE_SIDE, 1), name="faces")
    # In one batch, so that the served file holds a trunk only once.
    both_views = ops.concatenate([faces, ops.flip(faces, axis=2)], axis=0)
    features = []
    for index, network in enumerate(networks):
        trunk = keras.Model(network.input, network.get_layer("logits").input, name=f"trunk_{index}")
        if index in mirrored:
            of_both = trunk(both_views)
            features.append(ops.mean(ops.reshape(of_both, (2, -1, of_both.shape[-1])), axis=0))
        else:
            features.append(trunk(faces))
    last = layers.Dense(len(EXPRESSIONS), name="logits")
    whole = keras.Model(faces, last(layers.Concatenate()(features)))
    ends = [[ops.convert_to_numpy(part) for part in network.get_layer("logits").weights] for network in networks]
    scaled = [
        (kernel / temperature, bias / temperature)
        for (kernel, bias), temperature in zip(ends, temperatures, strict=True)
    ]
    last.set_weights(
        [
            np.concatenate([kernel for kernel, _ in scaled]) / len(networks),
            np.mean([bias for _, bias in scaled], axis=0),
        ]
    )
    return whole


def averaged(networks: Sequence[keras.Model], faces: NDArray[np.uint8]) -> keras.Model:
    """A network whose weights are the mean of theirs, with batch norm's statistics remeasured on faces [n, 48, 48].

    Raises WrongSettings for networks of several architectures.
    """
    whole = keras.models.clone_model(networks[0])
    weights = [network.get_weights() for network in networks]
    if any([part.shape for part in one] != [part.shape for part in weights[0]] for one in weights):
        raise WrongSettings("Only networks of one architecture can be averaged.")
    whole.set_weights([np.mean(parts, axis=0) for parts in zip(*weights, strict=True)])
    norms = list(_batch_norms(whole))
    momenta = [layer.momentum for layer in norms]
    for index, start in enumerate(range(0, len(faces), BATCH)):
        for layer in norms:
            # The mean over all batches; the first one replaces the earlier statistics.
            layer.momentum = index / (index + 1)
        whole(normalise(faces[start : start + BATCH]), training=True)
    for layer, momentum in zip(norms, momenta, strict=True):
        layer.momentum = momentum
    return whole


def _batch_norms(network: keras.Model) -> Iterator[layers.BatchNormalization]:
    # The layers of a joined network include its trunks, which are networks themselves.
    for layer in network.layers:
        if isinstance(layer, keras.Model):
            yield from _batch_norms(layer)
        elif isinstance(layer, layers.BatchNormalization):
            yield layer


def join_models(
    name: str,
    parts: Sequence[str],
    validation: LabelledFaces,
    models_dir: Path = registry.MODELS_DIR,
    source_dir: Path = registry.MODELS_DIR,
    balance: float | None = None,
    mirrored: Sequence[str] = (),
) -> Path:
    """Store models_dir/name, joined from the models `parts` of source_dir, calibrated and measured as `release` does.

    mirrored: the parts that also read the mirror image, which doubles their time. The history is the last part's.
    Raises registry.UnknownModel, registry.DamagedModel, WrongSettings.
    """
    if not set(mirrored) <= set(parts):
        raise WrongSettings(f"{', '.join(sorted(set(mirrored) - set(parts)))} is not among the models to join.")
    manifests, networks = _loaded(parts, source_dir)
    twice = {index for index, part in enumerate(parts) if part in mirrored}
    network = joined(networks, [manifest.temperature for manifest in manifests], twice)
    whole = _manifest(name, "joined", manifests)
    manifest = dataclasses.replace(
        whole,
        architecture=" + ".join(manifest.architecture for manifest in manifests),
        mirrored_mean=False,
        parameters=network.count_params(),
        training=whole.training | {"mirrored": list(mirrored)},
    )
    return release(network, manifest, validation, models_dir, balance, registry.load_history(parts[-1], source_dir))


def average_models(
    name: str,
    parts: Sequence[str],
    train: LabelledFaces,
    validation: LabelledFaces,
    models_dir: Path = registry.MODELS_DIR,
    source_dir: Path = registry.MODELS_DIR,
    balance: float | None = None,
) -> Path:
    """Store models_dir/name, the mean of the models `parts` of source_dir, as join_models does. train: faces for the
    statistics of batch norm. Raises registry.UnknownModel, registry.DamagedModel, WrongSettings."""
    manifests, networks = _loaded(parts, source_dir)
    network = averaged(networks, train.images)
    manifest = _manifest(name, "averaged", manifests)
    return release(network, manifest, validation, models_dir, balance, registry.load_history(parts[-1], source_dir))


def _loaded(parts: Sequence[str], source_dir: Path) -> tuple[list[registry.Manifest], list[keras.Model]]:
    manifests = [registry.load_manifest(part, source_dir) for part in parts]
    return manifests, [registry.load_network(part, source_dir) for part in parts]


def _manifest(name: str, how: str, manifests: Sequence[registry.Manifest]) -> registry.Manifest:
    return dataclasses.replace(
        manifests[0],
        name=name,
        temperature=1.0,
        training={how: {manifest.name: manifest.training for manifest in manifests}},
        trained_on=datetime.datetime.now(datetime.UTC).date().isoformat(),
        data="; ".join(dict.fromkeys(piece for manifest in manifests for piece in manifest.data.split("; "))),
    )
