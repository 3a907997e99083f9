"""A fairness probe: how other renderings of the same faces change detection and each expression.

FER-2013 does not record the age, sex or origin of the people it shows, so it gives no figures for groups of people. The
probe shows each face in the same webcam-like frame under several renderings (brightness, contrast, tone curve, colour
cast, skin tone) and counts what is found and read. It can find a weakness but cannot prove that there is none: a skin
tone is only a colour here, while real faces also differ in shape, hair and light.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from emotions.labels import EXPRESSIONS
from emotions.recognition import Recogniser, Recognition
from emotions.synthetic.renderings import RENDERINGS, UNCHANGED, Rendering
from emotions.synthetic.webcam import WEBCAM_SIZE, Box, face_in_frame
from emotions.training.dataset import LabelledFaces
from emotions.video.tracking import overlap

FOUND_OVERLAP = 0.3
SEED = 2013
Figures = dict[str, Any]


def read_in_frame(recogniser: Recogniser, shown: tuple[bytes, Box]) -> str | None:
    """The expression read from the face in a frame, None if it is not found; shown: from face_in_frame."""
    jpeg, box = shown
    return expression_at(box, recogniser.recognise(jpeg))


def expression_at(box: Box, recognition: Recognition) -> str | None:
    """The expression of the chosen face, or None unless it is in this box."""
    chosen = recognition.chosen
    return chosen.expression if chosen and overlap(chosen.box, box) >= FOUND_OVERLAP else None


def probe(recogniser: Recogniser, faces: LabelledFaces, count: int) -> list[Figures]:
    """The figures of `count` randomly drawn faces in frames: first as they are, then under each rendering.

    found: share whose largest box overlaps the face's place. accuracy: share of those read as labelled, also for those
    without a copy in Training. classes: the same for each expression's faces. A share of no faces is None.
    """
    chosen = np.random.default_rng(SEED).permutation(len(faces))[:count]
    return [_figures(recogniser, faces, chosen, rendering) for rendering in (UNCHANGED, *RENDERINGS)]


def section(figures: Sequence[Figures]) -> str:
    """Markdown: what `probe` measured, and what it can and cannot say."""
    unchanged = figures[0]
    lines = [
        "## Fairness probe",
        "",
        "FER-2013 does not record who its people are, so accuracy per group of people is unknown. This probe shows",
        f"{unchanged['faces']} of the faces in webcam-like frames under other renderings: the whole frame brighter,",
        "darker, flatter or tinted, and the face alone in tones of the Monk Skin Tone scale. It can show a weakness,",
        "not prove that there is none: skin tone is only a colour here.",
        "",
        "Found is the share of the faces that are detected in their place. The accuracies and the recall of each",
        "expression are of those. Every rendering has the same faces in the same places; the recall of an expression",
        "with few faces moves by several points by chance all the same.",
        "",
        f"| rendering | | found | accuracy | without copies | {' | '.join(EXPRESSIONS)} |",
        f"| {' | '.join(['---'] * (5 + len(EXPRESSIONS)))} |",
        f"| faces | | | | | {' | '.join(str(unchanged['classes'][name]['faces']) for name in EXPRESSIONS)} |",
    ]
    for row in figures:
        recalls = [row["classes"][name]["recall"] for name in EXPRESSIONS]
        shares = [row["found"], row["accuracy"], row["accuracy_without_copies"], *recalls]
        cells = ["" if share is None else f"{share:.3f}" for share in shares]
        lines.append(f"| {' | '.join([row['rendering'], row['severity'], *cells])} |")
    return "\n".join([*lines, ""])


def _figures(recogniser: Recogniser, faces: LabelledFaces, chosen: np.ndarray, rendering: Rendering) -> Figures:
    read = []
    for index in chosen:
        # Seeded by the face, so that every rendering has the same place, background and noise.
        rng = np.random.default_rng([SEED, int(index)])
        shown = face_in_frame(faces.images[index], WEBCAM_SIZE, rng, render=rendering.apply)
        read.append(read_in_frame(recogniser, shown))
    labels = faces.labels[chosen]
    found = np.array([expression is not None for expression in read])
    right = np.array([expression == EXPRESSIONS[label] for expression, label in zip(read, labels, strict=True)])
    return {
        "rendering": rendering.name,
        "severity": rendering.severity,
        "faces": len(chosen),
        "found": _share(found),
        "accuracy": _share(right[found]),
        "accuracy_without_copies": None if faces.copied is None else _share(right[found & ~faces.copied[chosen]]),
        "classes": {
            name: {
                "faces": int((labels == label).sum()),
                "found": _share(found[labels == label]),
                "recall": _share(right[found & (labels == label)]),
            }
            for label, name in enumerate(EXPRESSIONS)
        },
    }


def _share(values: np.ndarray) -> float | None:
    return round(float(values.mean()), 4) if len(values) else None
