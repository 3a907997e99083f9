"""Copies: FER-2013 repeats photographs, even across its splits, so a network may know an evaluation image by heart."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emotions.training.dataset import EmptySplit, LabelledFaces, load_split

# Two images whose grey levels correlate by more than this are one photograph, as were all inspected pairs above .9.
COPY_CORRELATION = 0.92


def load_evaluation_split(source: Path, split: str) -> LabelledFaces:
    """The split with its copies in Training marked, if the source has Training and the split is a different one. Raises
    DatasetError."""
    faces = load_split(source, split)
    if split == "train":
        return faces
    try:
        training = load_split(source, "train")
    except EmptySplit:
        return faces
    return replace(faces, copied=copies_between(faces.images, training.images)[0])


def copies_between(images: NDArray[np.uint8], others: NDArray[np.uint8]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which of the images [n, 48, 48] and which of the others have a copy, mirrored or not, in the other set."""
    in_images: list[NDArray[np.bool_]] = []
    in_others = np.zeros(len(others), dtype=bool)
    for correlations in _correlations(images, others):
        alike = correlations >= COPY_CORRELATION
        in_images.append(np.asarray(alike.any(axis=1)))
        in_others |= alike.any(axis=0)
    return np.concatenate(in_images), in_others


def most_alike(images: NDArray[np.uint8], others: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """For each image [n, 48, 48], the index of the other image, mirrored or not, that correlates with it most, and
    their correlation."""
    best = [(rows.argmax(axis=1), rows.max(axis=1)) for rows in _correlations(images, others)]
    return np.concatenate([places for places, _ in best]), np.concatenate([values for _, values in best])


def _correlations(images: NDArray[np.uint8], others: NDArray[np.uint8]) -> Iterator[NDArray[np.float32]]:
    """Rows of the matrix of correlations [n, others]; of an other image or its mirror image, whichever is higher."""
    targets = _unit_vectors(others).T
    mirrored = _unit_vectors(others[:, :, ::-1]).T
    # In chunks: all pairs at once would be 28,709 x 7,178 floats, 0.8 GB.
    for chunk in np.array_split(images, len(images) // 1024 + 1):
        rows = _unit_vectors(chunk)
        yield np.maximum(rows @ targets, rows @ mirrored)


def _unit_vectors(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    flat = images.reshape(len(images), -1).astype(np.float32)
    flat -= flat.mean(axis=1, keepdims=True)
    return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)
