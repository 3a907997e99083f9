"""The networks that can be trained, by name. All map [n, 48, 48, 1] float32 to seven logits [n, 7].

They end in a global mean, so the same weights also take smaller crops (side 40, for example), which train faster.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import keras
from keras import layers

from emotions.labels import EXPRESSIONS
from emotions.preprocessing import FACE_SIDE


class UnknownArchitecture(ValueError):
    """Raised for a name that is not in ARCHITECTURES."""


@dataclass(frozen=True)
class Convolution:
    """A 3x3 convolution to `width` maps. A stride or a pooling halves the side; batch norm is optional."""

    width: int
    stride: int = 1
    pooled: bool = False
    normalised: bool = True


def plain_vgg() -> list[Convolution]:
    """Four stages of two convolutions, 1.2 M parameters; after Simonyan & Zisserman 2014, with batch norm."""
    stem = [Convolution(32, normalised=False), Convolution(32, pooled=True)]
    return [*stem, *_stages([(64, 64), (128, 128), (256, 256)])]


def strided_vgg() -> list[Convolution]:
    """Nine convolutions, 1.9 M parameters. The second one strides instead of pooling: the time that this saves on the
    largest map pays for a third convolution in each of the two deepest stages."""
    stem = [Convolution(32, normalised=False), Convolution(64, stride=2), Convolution(64, pooled=True)]
    return [*stem, *_stages([(128, 128, 128), (256, 256, 256)])]


def tiny_vgg() -> list[Convolution]:
    """For tests of the training loop. Too small to be accurate."""
    return [Convolution(4, normalised=False), Convolution(4, pooled=True), *_stages([(8,), (16,)])]


ARCHITECTURES: dict[str, Callable[[], list[Convolution]]] = {
    "plain_vgg": plain_vgg,
    "strided_vgg": strided_vgg,
    "tiny_vgg": tiny_vgg,
}


def build(name: str, *, side: int | None = FACE_SIDE, dropout: float = 0.0, dtype: str = "float32") -> keras.Model:
    """Build a network with fresh weights. dtype is a Keras policy such as mixed_bfloat16; side None takes any side."""
    if name not in ARCHITECTURES:
        raise UnknownArchitecture(f"No architecture is called {name!r}; there are {', '.join(sorted(ARCHITECTURES))}.")
    faces = x = keras.Input((side, side, 1), name="faces")
    for convolution in ARCHITECTURES[name]():
        x = layers.Conv2D(
            convolution.width,
            3,
            strides=convolution.stride,
            padding="same",
            use_bias=not convolution.normalised,
            kernel_initializer="he_normal",
            dtype=dtype,
        )(x)
        # On a CPU batch norm costs as much as the convolutions. It comes after the pooling, on a quarter of the values,
        # and not at all on the first, largest map: 1.6 times the images per second.
        if convolution.pooled:
            x = layers.MaxPooling2D(dtype=dtype)(x)
        if convolution.normalised:
            x = layers.BatchNormalization(dtype=dtype)(x)
        x = layers.Activation("relu", dtype=dtype)(x)
    x = layers.GlobalAveragePooling2D(dtype=dtype)(x)
    x = layers.Dropout(dropout, dtype=dtype)(x)
    # Logits stay float32: bfloat16's three digits are too coarse for the softmax.
    logits = layers.Dense(len(EXPRESSIONS), dtype="float32", name="logits")(x)
    return keras.Model(faces, logits)


def _stages(stages: Sequence[Sequence[int]]) -> list[Convolution]:
    """Each stage's convolutions by their widths; the last one of a stage is pooled."""
    return [
        Convolution(width, pooled=index == len(widths) - 1) for widths in stages for index, width in enumerate(widths)
    ]
