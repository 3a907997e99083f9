"""The speed of each runtime for both networks on one core, and how far its answers are from TensorFlow's.

    .venv/bin/python benchmarks/network_runtimes.py [--seconds 30] [--frames 64] [--faces fer2013.zip]

Prints the tables of docs/adr/0006. The classifier gets one face as in serving, with its mirror image if the manifest
says so. Answers are compared on the faces found in the frames, which show one portrait unless --faces names others.
"""

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

# First, because it sets the number of threads before NumPy and TensorFlow are loaded.
from inference_speed import measured, pinned_to_one_cpu  # isort: skip

import cv2
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from benchmarks.machine import cpu_name
from benchmarks.program import run_program
from emotions.blazeface import BACK_RANGE, FULL_RANGE, BlazeFaceNetwork, Variant, letterbox, weights_folder
from emotions.faces import face_detector
from emotions.images import decode_jpeg
from emotions.management.options import positive
from emotions.preprocessing import FACE_SIDE, crop_face, mirrored_mean, normalise, softmax, with_mirrored
from emotions.registry import load_manifest, load_network
from emotions.synthetic.webcam import webcam_frames

BASELINE = "tf.function"

Run = Callable[[NDArray[np.float32]], NDArray[np.float32]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=positive(float), default=30.0, help="how long to measure, after loading")
    parser.add_argument(
        "--frames", type=positive(int), default=64, help="in which faces are found to compare the answers on"
    )
    parser.add_argument("--faces", type=Path, help="an image, a folder, a video file or FER-2013's zip")
    arguments = parser.parse_args()
    limited_to_one_core()
    frames = [decode_jpeg(jpeg) for jpeg in webcam_frames(arguments.faces, arguments.frames)]
    crops = [crop for frame in frames for crop in _crops(frame)]
    if not crops:
        parser.error("there is no face in these frames")
    is_mirrored = load_manifest().mirrored_mean
    batches = [normalise(crop[np.newaxis]) for crop in crops]
    batches = [with_mirrored(batch) for batch in batches] if is_mirrored else batches
    runtimes = _classifiers(len(batches[0]))
    expected = _probabilities(runtimes[BASELINE], batches)
    changes = {name: float(np.abs(_probabilities(run, batches) - expected).max()) for name, run in runtimes.items()}
    cases: dict[str, Callable[[], Any]] = {name: partial(run, batches[0]) for name, run in runtimes.items()}
    for name, variant in {"full range": FULL_RANGE, "back camera": BACK_RANGE}.items():
        cases |= {f"{name}, {runtime}": run for runtime, run in _detectors(variant, frames[0]).items()}
    medians = {result.case: result for result in measured(cases, arguments.seconds)}
    print(f"CPU: {cpu_name()}, one core\n\n| | median ms | p90 | min | times as fast | probabilities differ by |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, result in medians.items():
        network, _, runtime = name.rpartition(", ")
        baseline = medians[f"{network}, OpenCV" if network else BASELINE]
        change = f"{changes[name]:.0e}" if name in changes else ""
        speed = baseline.median / result.median
        label = f"{network or 'classifier'}, {runtime}"
        print(f"| {label} | {result.median:.2f} | {result.p90:.2f} | {result.min:.2f} | {speed:.2f} | {change} |")


def limited_to_one_core() -> None:
    pinned_to_one_cpu()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)


def _crops(frame: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    detector = face_detector()
    grey = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    return [crop_face(grey, face.box, detector.crop, roll=face.roll) for face in detector.find(frame)]


def _probabilities(run: Run, batches: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    manifest = load_manifest()
    logits = [mirrored_mean(run(batch)) if manifest.mirrored_mean else run(batch) for batch in batches]
    return softmax(np.concatenate(logits), manifest.temperature)


def _classifiers(batch_size: int) -> dict[str, Run]:
    # OpenCV is not included: it computes the first network incorrectly and cannot mirror an image.
    network = load_network()
    signature = [tf.TensorSpec([None, FACE_SIDE, FACE_SIDE, 1], tf.float32)]
    function = tf.function(lambda faces: network(faces, training=False), input_signature=signature)
    xla = tf.function(lambda faces: network(faces, training=False), jit_compile=True)
    concrete = function.get_concrete_function()
    float32, quantised = _converted(network)
    return {
        BASELINE: lambda batch: function(batch).numpy(),
        "concrete function": lambda batch: concrete(tf.constant(batch)).numpy(),
        "XLA (jit_compile)": lambda batch: xla(tf.constant(batch)).numpy(),
        "LiteRT float32": _interpreted(float32, batch_size),
        "LiteRT 8-bit weights": _interpreted(quantised, batch_size),
    }


def _converted(network: Any) -> tuple[bytes, bytes]:
    """The network for LiteRT with weights of 32 and of 8 bits."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(sys.stderr):
        network.export(folder, verbose=False)
        float32, quantised = (tf.lite.TFLiteConverter.from_saved_model(folder) for _ in range(2))
        quantised.optimizations = [tf.lite.Optimize.DEFAULT]
        return float32.convert(), quantised.convert()


def _interpreted(content: bytes, batch_size: int) -> Run:
    interpreter = Interpreter(model_content=content, num_threads=1)
    (faces,), (logits,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.resize_tensor_input(faces["index"], (batch_size, FACE_SIDE, FACE_SIDE, 1))
    interpreter.allocate_tensors()

    def run(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        interpreter.set_tensor(faces["index"], batch)
        interpreter.invoke()
        return interpreter.get_tensor(logits["index"])

    return run


def _detectors(variant: Variant, frame: NDArray[np.uint8]) -> dict[str, Callable[[], Any]]:
    """Only the network, without scaling the frame or reading the boxes. LiteRT's time includes converting the pixels to
    floats."""
    litert = BlazeFaceNetwork(weights_folder(), variant)
    letterboxed, *_ = letterbox(frame, variant.side)
    opencv = cv2.dnn.readNetFromTFLite(str(weights_folder() / variant.file))
    square = cv2.resize(frame, (variant.side, variant.side))
    opencv.setInput(cv2.dnn.blobFromImage(square, 1 / 127.5, mean=(127.5,) * 3, swapRB=True))
    names = opencv.getUnconnectedOutLayersNames()
    return {"OpenCV": lambda: opencv.forward(names), "LiteRT": lambda: litert.forward(letterboxed)}


if __name__ == "__main__":
    run_program(main)
