"""FER-2013's faces as a student's browser sends them, next to whole frames; see frame_accuracy.py --on-device."""

import base64
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

import cv2
import numpy as np
from django.conf import settings
from playwright.async_api import Page
from scipy.stats import norm

from benchmarks.student_page import student_page
from classroom.snapshots import parse_content, parse_frame
from emotions.face_crop import FoundFaces
from emotions.labels import EXPRESSIONS
from emotions.recognition import Recogniser, Recognition
from emotions.synthetic.fairness import expression_at
from emotions.synthetic.webcam import WEBCAM_SIZE, Box, picture_of_face
from emotions.training.dataset import LabelledFaces

BATCH = 32
# The page answers credits both ways, with the product's own modules and files.
ANSWER = """
async ({ frames, credit }) => {
  const { CreditAnswerer } = await import("/static/js/student/credits.js");
  const { FacesOnDevice } = await import("/static/js/student/faces/faces-on-device.js");
  window.facesOnDevice ??= new FacesOnDevice(document.querySelector("[data-attend]").dataset);
  const send = async (faces, frame, credit) => {
    let sent = null;
    const socket = { connection: 1, send: (message) => { sent = new Uint8Array(message); } };
    const answerer = new CreditAnswerer(socket, { faces, onSent() {}, onFacesOnly() {} });
    answerer.start({ grab: () => createImageBitmap(frame), stop() {} });
    await answerer.answer(credit);
    return sent && btoa(String.fromCharCode(...sent));
  };
  const messages = [];
  for (const frame of frames) {
    const picture = new Blob([Uint8Array.from(atob(frame), (each) => each.charCodeAt(0))]);
    messages.push([
      await send({ prepare: async () => null }, picture, credit),
      await send(window.facesOnDevice, picture, { ...credit, faces_only: true }),
    ]);
  }
  return messages;
}
"""
METHOD = (
    "Each face lies in an uncompressed 320x240 frame. Headless Chromium answers a credit with it in both ways of the "
    "student's page: as the JPEG of the whole frame, and as the face alone. The server reads both messages as in "
    "class. Found: the chosen face overlaps its place. Accuracy: of the faces that both ways find. Differences: the "
    "face alone minus the whole frame, in points, with the 95 % interval of pairs."
)


class NotSent(RuntimeError):
    """The page did not answer a credit."""


class Difference(TypedDict):
    points: float
    interval: float  # to either side, in points


@dataclass(frozen=True)
class Answer:
    """The server's reading of one message. expression is None if the face is not found in its place; probabilities are
    empty if no face is found."""

    size: int  # bytes of the message
    expression: str | None
    probabilities: tuple[float, ...]


async def measure_on_device(
    faces: LabelledFaces, recogniser: Recogniser, count: int, *, light: float, lean: float
) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    chosen = rng.permutation(len(faces))[:count]
    sides = itertools.cycle((lean, -lean))
    scenes = (
        picture_of_face(faces.images[index], WEBCAM_SIZE, rng, light, side)
        for index, side in zip(chosen, sides, strict=False)
    )
    whole: list[Answer] = []
    alone: list[Answer] = []
    async with student_page() as page:
        for batch in _batches(scenes):
            messages = await _answers_of_page(page, [frame for frame, _ in batch])
            for (_, place), (whole_message, message) in zip(batch, messages, strict=True):
                whole.append(read(recogniser, whole_message, place))
                alone.append(read(recogniser, message, place))
    labels = [EXPRESSIONS[label] for label in faces.labels[chosen]]
    return {"method": METHOD, "model": recogniser.model, "light": light, "lean": lean} | compare(whole, alone, labels)


def read(recogniser: Recogniser, message: bytes, place: Box) -> Answer:
    """Read a message of the page as a worker does. Raises MessageRejected."""
    content = parse_content(parse_frame(message).content)
    if isinstance(content, FoundFaces):
        recognition = recogniser.recognise_found(content)
    else:
        recognition = recogniser.recognise(content)
    return Answer(len(message), expression_at(place, recognition), _probabilities(recognition))


def compare(whole: Sequence[Answer], alone: Sequence[Answer], labels: Sequence[str]) -> dict[str, Any]:
    """Figures of the same faces in whole frames and cut out; accuracies are None if no face is found in both."""
    found = [np.array([answer.expression is not None for answer in way]) for way in (whole, alone)]
    right = [
        np.array([each.expression == label for each, label in zip(way, labels, strict=True)]) for way in (whole, alone)
    ]
    both = found[0] & found[1]
    pairs = [(one, other) for one, other, is_in_both in zip(whole, alone, both, strict=True) if is_in_both]
    return {
        "faces": len(labels),
        "found": {"whole": _share(found[0]), "alone": _share(found[1]), "difference": difference(*found)},
        "accuracy": {
            "faces": len(pairs),
            "whole": _share(right[0][both]),
            "alone": _share(right[1][both]),
            "difference": difference(right[0][both], right[1][both]) if pairs else None,
        },
        "same_expression": _share(np.array([one.expression == other.expression for one, other in pairs])),
        "probability_apart": _mean_distance(pairs),
        "bytes": {
            "whole": round(float(np.mean([answer.size for answer in whole]))),
            "alone": round(float(np.mean([answer.size for answer in alone]))),
        },
    }


def difference(whole: np.ndarray, alone: np.ndarray) -> Difference:
    """The difference of two shares of the same faces in percentage points, with a normal interval for pairs."""
    pairs = alone.astype(float) - whole.astype(float)
    error = float(pairs.std(ddof=1)) / math.sqrt(len(pairs)) if len(pairs) > 1 else 0.0
    return {"points": round(100 * float(pairs.mean()), 2), "interval": round(100 * float(norm.ppf(0.975)) * error, 2)}


def in_words(figures: dict[str, Any]) -> str:
    found, accuracy = figures["found"], figures["accuracy"]
    lines = [
        f"{figures['model']}, {figures['faces']} faces, {figures['light']:g} of the light, heads leaning by "
        f"{figures['lean']:g} degrees more.",
        figures["method"],
        "",
        "| | whole frame | face alone | difference, points |",
        "| --- | --- | --- | --- |",
        _row("found", found),
    ]
    if accuracy["faces"]:
        lines.append(_row(f"right, of {accuracy['faces']}", accuracy))
        lines.append(f"| bytes | {figures['bytes']['whole']:,} | {figures['bytes']['alone']:,} | |")
        lines.append("")
        lines.append(
            f"The same expression: {figures['same_expression']:.1%}; probabilities differ by "
            f"{figures['probability_apart']:.4f} on average."
        )
    return "\n".join(lines)


def _row(name: str, shares: dict[str, Any]) -> str:
    apart = shares["difference"]
    return (
        f"| {name} | {shares['whole']:.2%} | {shares['alone']:.2%} | {apart['points']:+.2f} ± {apart['interval']:.2f} |"
    )


def _batches(scenes: Iterable[tuple[np.ndarray, Box]]) -> Iterator[list[tuple[np.ndarray, Box]]]:
    scenes = iter(scenes)
    while batch := list(itertools.islice(scenes, BATCH)):
        yield batch


async def _answers_of_page(page: Page, frames: Sequence[np.ndarray]) -> list[tuple[bytes, bytes]]:
    """Return the messages with whole frames and those with only faces. Raises NotSent."""
    pictures = [base64.b64encode(cv2.imencode(".png", frame)[1].tobytes()).decode() for frame in frames]
    credit = {"seq": 1, "width": settings.SNAPSHOT_WIDTH, "quality": settings.SNAPSHOT_QUALITY, "faces_only": False}
    answered = await page.evaluate(ANSWER, {"frames": pictures, "credit": credit})
    if any(message is None for messages in answered for message in messages):
        raise NotSent("The page did not answer a credit: does it find faces in this browser?")
    return [(base64.b64decode(whole), base64.b64decode(alone)) for whole, alone in answered]


def _probabilities(recognition: Recognition) -> tuple[float, ...]:
    return recognition.chosen.probabilities if recognition.chosen else ()


def _mean_distance(pairs: Sequence[tuple[Answer, Answer]]) -> float | None:
    """The mean distance between the probabilities of the same expression."""
    apart = [np.abs(np.subtract(one.probabilities, other.probabilities)).mean() for one, other in pairs]
    return round(float(np.mean(apart)), 4) if apart else None


def _share(values: np.ndarray) -> float | None:
    return round(float(values.mean()), 4) if len(values) else None
