"""The network in training: the served head and one that learns FER+'s votes, under Muon with averaged weights."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras

from emotions import registry
from emotions.training import architectures
from emotions.training.config import TrainingConfig, WrongSettings
from emotions.training.crowd import ANSWERS
from emotions.training.muon import ConvolutionMuon


class Student:
    """network: the part that is served. model: network and the head for the votes, compiled for a run of this many
    steps per epoch. Raises WrongSettings, registry.UnknownModel, registry.DamagedModel."""

    def __init__(self, config: TrainingConfig, steps: int, models_dir: Path) -> None:
        self.network = architectures.build(config.architecture, side=None, dropout=config.dropout, dtype=config.dtype)
        if config.initial_model:
            earlier = registry.load_network(config.initial_model, models_dir)
            try:
                self.network.set_weights(earlier.get_weights())
            except ValueError:
                raise WrongSettings(f"{config.initial_model} is not a {config.architecture}.") from None
        features = self.network.get_layer("logits").input
        votes = keras.layers.Dense(len(ANSWERS), dtype="float32", name="votes")(features)
        self.model = keras.Model(self.network.input, {"labels": self.network.output, "votes": votes})
        # XLA was slower than TensorFlow's plain graph on CPUs; JAX has nothing else.
        self.model.compile(
            _optimizer(config, steps),
            {name: keras.losses.CategoricalCrossentropy(from_logits=True) for name in ("labels", "votes")},
            loss_weights={"labels": 1.0, "votes": config.votes_weight},
            weighted_metrics={"labels": ["accuracy"]},
            jit_compile=keras.backend.backend() == "jax",
        )

    @contextmanager
    def averaged_weights(self) -> Iterator[None]:
        """Within the context, the weights are their moving average.

        Keras's SwapEMAWeights is not good enough: on TensorFlow it swaps by adding and subtracting, which rounds the
        weights at each epoch, and in Keras 3.15 it does not swap back after predict.
        """
        variables = self.model.trainable_variables
        current = [keras.ops.convert_to_numpy(variable.value) for variable in variables]
        self.model.optimizer.finalize_variable_values(variables)
        try:
            yield
        finally:
            for variable, value in zip(variables, current, strict=True):
                variable.assign(value)


def _optimizer(config: TrainingConfig, steps: int) -> ConvolutionMuon:
    warmup = min(config.warmup_epochs, config.epochs / 10)
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=config.learning_rate / 100,
        decay_steps=max(1, round(steps * (config.epochs - warmup))),
        warmup_target=config.learning_rate,
        warmup_steps=round(steps * warmup),
    )
    optimizer = ConvolutionMuon(
        schedule,
        adam_lr_ratio=config.adam_ratio,
        momentum=config.momentum,
        weight_decay=config.weight_decay,
        adam_weight_decay=config.weight_decay,
        use_ema=True,
        ema_momentum=max(0.0, min(config.average_momentum, 1 - 10 / (steps * config.epochs))),
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer
