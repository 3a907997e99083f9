"""Which runtime serves the networks fastest on one core, and how far its answers are from those of today.

    .venv/bin/python benchmarks/network_runtimes.py [--seconds 30]

The table of docs/adr/0006. The classifier is given one face and its mirror image, as when it serves.
"""

import argparse
import contextlib
import sys
from collections.abc import Callable
from typing import Any

# First of ours: it sets the number of threads before NumPy and TensorFlow are loaded.
from inference_speed import measured, pinned_to_one_cpu  # isort: skip

import cv2
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from benchmarks.machine import cpu_name
from emotions.blazeface import BACK_RANGE, FULL_RANGE, BlazeFaceNetwork, Variant, weights_folder
from emotions.faces import face_detector
from emotions.images import decode_jpeg
from emotions.preprocessing import FACE_SIDE, crop_face, mirrored_mean, normalise, softmax, with_mirrored
from emotions.registry import load_manifest, load_network
from emotions.scenes import webcam_frames

FACES = 16
TODAY = "tf.function"

Run = Callable[[NDArray[np.float32]], NDArray[np.float32]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0, help="how long to measure, after loading")
    seconds = parser.parse_args().seconds
    pinned_to_one_cpu()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    frames = [decode_jpeg(jpeg) for jpeg in webcam_frames(None, FACES)]
    pairs = [with_mirrored(normalise(_crop(frame)[np.newaxis])) for frame in frames]
    runtimes = _classifiers()
    expected = _probabilities(runtimes[TODAY], pairs)
    changes = {name: float(np.abs(_probabilities(run, pairs) - expected).max()) for name, run in runtimes.items()}
    cases: dict[str, Callable[[], Any]] = {name: _on(run, pairs[0]) for name, run in runtimes.items()}
    for name, variant in {"full range": FULL_RANGE, "back camera": BACK_RANGE}.items():
        cases |= {f"{name}, {runtime}": run for runtime, run in _detectors(variant, frames[0]).items()}
    medians = {result.case: result for result in measured(cases, seconds)}
    print(f"CPU: {cpu_name()}, one core\n\n| | median ms | p90 | min | times as fast | probabilities differ by |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, result in medians.items():
        network, _, runtime = name.rpartition(", ")
        baseline = medians[f"{network}, OpenCV" if network else TODAY]
        change = f"{changes[name]:.0e}" if name in changes else ""
        speed = baseline.median / result.median
        label = f"{network or 'classifier'}, {runtime}"
        print(f"| {label} | {result.median:.2f} | {result.p90:.2f} | {result.min:.2f} | {speed:.2f} | {change} |")


def _crop(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    detector = face_detector()
    face = detector.find(frame)[0]
    grey = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    return crop_face(grey, face.box, detector.crop, roll=face.roll)


def _on(run: Run, pair: NDArray[np.float32]) -> Callable[[], Any]:
    return lambda: run(pair)


def _probabilities(run: Run, pairs: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.concatenate([softmax(mirrored_mean(run(pair)), load_manifest().temperature) for pair in pairs])


def _classifiers() -> dict[str, Run]:
    network = load_network()
    signature = [tf.TensorSpec([None, FACE_SIDE, FACE_SIDE, 1], tf.float32)]
    function = tf.function(lambda faces: network(faces, training=False), input_signature=signature)
    xla = tf.function(lambda faces: network(faces, training=False), jit_compile=True)
    concrete = function.get_concrete_function()
    plain = _converted(network)
    opencv = cv2.dnn.readNetFromTFLite(np.frombuffer(plain, np.uint8))
    return {
        TODAY: lambda pair: function(pair).numpy(),
        "concrete function": lambda pair: concrete(tf.constant(pair)).numpy(),
        "XLA (jit_compile)": lambda pair: xla(tf.constant(pair)).numpy(),
        "LiteRT float32": _interpreted(plain),
        "LiteRT 8-bit weights": _interpreted(_converted(network, tf.lite.Optimize.DEFAULT)),
        "OpenCV": lambda pair: _by_opencv(opencv, pair),
    }


def _converted(network: Any, *optimisations: Any) -> bytes:
    converter = tf.lite.TFLiteConverter.from_keras_model(network)
    converter.optimizations = list(optimisations)
    with contextlib.redirect_stdout(sys.stderr):
        return converter.convert()


def _interpreted(content: bytes) -> Run:
    interpreter = Interpreter(model_content=content, num_threads=1)
    (faces,), (logits,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.resize_tensor_input(faces["index"], (2, FACE_SIDE, FACE_SIDE, 1))
    interpreter.allocate_tensors()

    def run(pair: NDArray[np.float32]) -> NDArray[np.float32]:
        interpreter.set_tensor(faces["index"], pair)
        interpreter.invoke()
        return interpreter.get_tensor(logits["index"])

    return run


def _by_opencv(network: Any, pair: NDArray[np.float32]) -> NDArray[np.float32]:
    network.setInput(pair.transpose(0, 3, 1, 2))
    return network.forward().reshape(len(pair), -1)


def _detectors(variant: Variant, frame: NDArray[np.uint8]) -> dict[str, Callable[[], Any]]:
    """The network alone, without scaling the frame or reading the boxes."""
    litert = BlazeFaceNetwork(weights_folder(), variant)
    litert._feed(frame)
    opencv = cv2.dnn.readNetFromTFLite(str(weights_folder() / variant.file))
    square = cv2.resize(frame, (variant.side, variant.side))
    opencv.setInput(cv2.dnn.blobFromImage(square, 1 / 127.5, mean=(127.5,) * 3, swapRB=True))
    names = opencv.getUnconnectedOutLayersNames()
    return {"OpenCV": lambda: opencv.forward(names), "LiteRT": litert._run}


if __name__ == "__main__":
    main()
