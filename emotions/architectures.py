"""The networks that can be trained, by name. All map [n, 48, 48, 1] float32 to seven logits [n, 7]."""

from collections.abc import Callable, Sequence

import keras
from keras import layers

from .labels import EXPRESSIONS
from .preprocessing import FACE_SIDE


class UnknownArchitecture(ValueError):
    """Raised for a name that is not in ARCHITECTURES."""


def plain_vgg(*, dropout: float, dtype: str) -> keras.Model:
    """3x3 convolutions in four stages, 1.2 M parameters; after Simonyan & Zisserman 2014, with batch norm."""
    return _vgg([(32, 32), (64, 64), (128, 128), (256, 256)], dropout=dropout, dtype=dtype)


def tiny_vgg(*, dropout: float, dtype: str) -> keras.Model:
    """Small enough for a test of the training loop; too small to be any good."""
    return _vgg([(4, 4), (8,), (16,)], dropout=dropout, dtype=dtype)


ARCHITECTURES: dict[str, Callable[..., keras.Model]] = {"plain_vgg": plain_vgg, "tiny_vgg": tiny_vgg}


def build(name: str, *, dropout: float = 0.0, dtype: str = "float32") -> keras.Model:
    """A new network with fresh weights; dtype is a Keras policy such as mixed_bfloat16."""
    if name not in ARCHITECTURES:
        raise UnknownArchitecture(f"No architecture is called {name!r}; there are {', '.join(sorted(ARCHITECTURES))}.")
    return ARCHITECTURES[name](dropout=dropout, dtype=dtype)


def _vgg(stages: Sequence[Sequence[int]], *, dropout: float, dtype: str) -> keras.Model:
    faces = x = keras.Input((FACE_SIDE, FACE_SIDE, 1), name="faces")
    for number, widths in enumerate(stages):
        for place, width in enumerate(widths):
            first = number == place == 0
            x = _convolution(x, width, normalised=not first, pooled=place == len(widths) - 1, dtype=dtype)
    x = layers.GlobalAveragePooling2D(dtype=dtype)(x)
    x = layers.Dropout(dropout, dtype=dtype)(x)
    # Logits stay float32: bfloat16's three digits are too coarse for the softmax.
    logits = layers.Dense(len(EXPRESSIONS), dtype="float32", name="logits")(x)
    return keras.Model(faces, logits)


def _convolution(x: keras.KerasTensor, width: int, *, normalised: bool, pooled: bool, dtype: str) -> keras.KerasTensor:
    # On a CPU batch norm costs as much as the convolutions. It comes after the pooling, on a quarter of the values,
    # and not at all on the first, largest map: 1.6 times the images a second.
    x = layers.Conv2D(width, 3, padding="same", use_bias=not normalised, kernel_initializer="he_normal", dtype=dtype)(x)
    if pooled:
        x = layers.MaxPooling2D(dtype=dtype)(x)
    if normalised:
        x = layers.BatchNormalization(dtype=dtype)(x)
    return layers.Activation("relu", dtype=dtype)(x)
