"""Converts a trained Keras network to the file that is served. Run as a program: .keras file to standard output."""

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import keras


def converted(network: keras.Model) -> bytes:
    """The network as a LiteRT file: weights in 8 bits, a scale per output map; activations quantised at run time."""
    if keras.backend.backend() == "tensorflow":
        return _by_tensorflow(network)
    # LiteRT's converter only reads networks of Keras's TensorFlow backend, and a process has only one backend.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.keras"
        network.save(path)
        environment = {**os.environ, "KERAS_BACKEND": "tensorflow"}
        command = [sys.executable, "-m", "emotions.training.conversion", str(path)]
        # Run in the project's folder, so that `emotions` is found no matter where this process was started.
        root = Path(__file__).resolve().parents[2]
        run = subprocess.run(command, env=environment, cwd=root, check=True, stdout=subprocess.PIPE)  # noqa: S603  # our own
        return run.stdout


def _by_tensorflow(network: keras.Model) -> bytes:
    import tensorflow as tf  # noqa: PLC0415  # not with the other backends

    converter = tf.lite.TFLiteConverter.from_keras_model(network)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    with contextlib.redirect_stdout(sys.stderr):
        return bytes(converter.convert())


if __name__ == "__main__":
    sys.stdout.buffer.write(_by_tensorflow(keras.models.load_model(sys.argv[1], compile=False)))
