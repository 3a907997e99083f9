"""Muon for convolutions (Jordan et al. 2024): momentum whose update is made orthogonal, so that no direction of a
kernel waits for the others. Keras's own takes only matrices; a kernel is one when its window and maps are one axis."""

import math
from typing import Any

import keras
from keras import ops


class ConvolutionMuon(keras.optimizers.Muon):
    """Muon for kernels that read more than one map; AdamW, at adam_lr_ratio of the rate, for all else.

    The root mean square of an update is about .2 of the learning rate, whatever the kernel's shape (Liu et al. 2025).
    """

    def _should_use_adamw(self, variable: keras.Variable) -> bool:
        return len(variable.shape) != 4 or variable.shape[2] == 1

    def zeropower_via_newtonschulz5(self, x: Any, steps: int) -> Any:
        # In bfloat16, as its authors do; the result is approximate in any case.
        matrix = ops.cast(ops.reshape(x, _matrix_shape(x)), "bfloat16")
        orthogonal = super().zeropower_via_newtonschulz5(matrix, steps)
        return ops.cast(ops.reshape(orthogonal, x.shape), x.dtype)

    def lr_adjust(self, x: Any) -> Any:
        return x * math.sqrt(max(_matrix_shape(x))) * self.rms_rate


def _matrix_shape(kernel: Any) -> tuple[int, int]:
    return math.prod(kernel.shape[:-1]), kernel.shape[-1]
