"""One network from several: their convolutions side by side, their last layers as one whose logits are the mean of
theirs. Networks that were trained differently err on different faces, so the mean errs less."""

import dataclasses
import datetime
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
from keras import layers

from emotions import registry
from emotions.labels import EXPRESSIONS
from emotions.preprocessing import FACE_SIDE

from .dataset import LabelledFaces
from .release import release


def joined(networks: Sequence[keras.Model], temperatures: Sequence[float]) -> keras.Model:
    """A network [n, 48, 48, 1] → [n, 7] whose logits are the mean of each network's logits over its temperature."""
    faces = keras.Input((FACE_SIDE, FACE_SIDE, 1), name="faces")
    trunks = [
        keras.Model(network.input, network.get_layer("logits").input, name=f"trunk_{place}")
        for place, network in enumerate(networks)
    ]
    features = layers.Concatenate()([trunk(faces) for trunk in trunks])
    last = layers.Dense(len(EXPRESSIONS), name="logits")
    whole = keras.Model(faces, last(features))
    ends = [[keras.ops.convert_to_numpy(part) for part in network.get_layer("logits").weights] for network in networks]
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


def join_models(
    name: str,
    parts: Sequence[str],
    validation: LabelledFaces,
    models_dir: Path = registry.MODELS_DIR,
    source_dir: Path = registry.MODELS_DIR,
    balance: float | None = None,
) -> Path:
    """Store models_dir/name, joined from the models `parts` of source_dir, calibrated and measured as `release` does.

    It is served without the mirror image: two trunks cost what one costs with it. Its history is that of the last part.
    Raises registry.UnknownModel, registry.DamagedModel.
    """
    manifests = [registry.load_manifest(part, source_dir) for part in parts]
    networks = [registry.load_network(part, source_dir) for part in parts]
    network = joined(networks, [manifest.temperature for manifest in manifests])
    manifest = dataclasses.replace(
        manifests[0],
        name=name,
        architecture=" + ".join(manifest.architecture for manifest in manifests),
        temperature=1.0,
        mirrored_mean=False,
        parameters=network.count_params(),
        training={"joined": {manifest.name: manifest.training for manifest in manifests}},
        trained_on=datetime.datetime.now(datetime.UTC).date().isoformat(),
        data="; ".join(dict.fromkeys(piece for manifest in manifests for piece in manifest.data.split("; "))),
    )
    return release(network, manifest, validation, models_dir, balance, registry.load_history(parts[-1], source_dir))
