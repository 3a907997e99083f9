"""Muon for convolutions (Jordan et al. 2024): momentum with an orthogonalised update, so that no direction of a kernel
lags behind the others. Keras's Muon only takes matrices; a kernel becomes one by merging its window and input maps into
one axis."""

import math
from typing import Any

import keras
from keras import ops


class ConvolutionMuon(keras.optimizers.Muon):
    """Muon for kernels that read more than one map; AdamW, at adam_lr_ratio of the rate, for everything else.

    The root mean square of an update is about .2 of the learning rate, whatever the kernel's shape (Liu et al. 2025).
    _should_use_adamw is private in Keras, but the only place that decides: exclude_layers can only add to AdamW's
    variables, not take convolution kernels out. tests/emotions/training/test_muon.py fails if Keras renames it.
    """

    def _should_use_adamw(self, variable: keras.Variable) -> bool:
        return len(variable.shape) != 4 or variable.shape[2] == 1

    def zeropower_via_newtonschulz5(self, x: Any, steps: int) -> Any:
        # The authors use bfloat16, but on a processor without its instructions that takes 25 times as long as float32
        # (3.7 s per step of strided_vgg instead of .15, torch on one core), more than the step's gradients.
        return ops.reshape(super().zeropower_via_newtonschulz5(ops.reshape(x, _matrix_shape(x)), steps), x.shape)

    def lr_adjust(self, x: Any) -> Any:
        return x * math.sqrt(max(_matrix_shape(x))) * self.rms_rate


def _matrix_shape(kernel: Any) -> tuple[int, int]:
    return math.prod(kernel.shape[:-1]), kernel.shape[-1]
