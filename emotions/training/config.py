"""Every hyper-parameter of a training run, checked."""

import math
from dataclasses import dataclass, field

import numpy as np

from emotions.preprocessing import FACE_SIDE
from emotions.training.augmentation import Augmentation


class WrongSettings(ValueError):
    """A hyper-parameter is out of its range, or the settings do not go together."""


@dataclass(frozen=True)
class Stage:
    """The network's input in a share of the epochs: the middle side x side pixels of faces scaled by zoom."""

    share: float
    side: int
    zoom: float


@dataclass(frozen=True)
class WeightedTeacher:
    """A teacher of the transfer set, by name."""

    name: str
    weight: float = 1.0  # share in the mean of the teachers' probabilities, relative to the other weights
    temperature: float = 1.0  # divides the teacher's logits: above 1 flattens its probabilities


@dataclass(frozen=True)
class Distillation:
    """Targets that a student learns from the views of a transfer set (Hinton et al. 2015; Beyer et al. 2022)."""

    teachers: tuple[WeightedTeacher, ...]
    alpha: float = 0.3  # share of the label in each target; the teachers' mean probabilities are the rest

    def __post_init__(self) -> None:
        if not self.teachers:
            raise WrongSettings("Distillation needs at least one teacher.")
        if not 0 <= self.alpha <= 1:
            raise WrongSettings(f"alpha is {self.alpha}; it is a share, 0 to 1.")
        for teacher in self.teachers:
            if not (0 < teacher.weight < math.inf and 0 < teacher.temperature < math.inf):
                raise WrongSettings(f"Weight and temperature of {teacher.name} are numbers above 0.")


@dataclass(frozen=True)
class TrainingConfig:
    """Every hyper-parameter of a run; all of them go into the manifest. Raises WrongSettings."""

    architecture: str = "strided_vgg"
    initial_model: str = ""  # a stored model of the same architecture whose weights the run starts from; "": fresh ones
    votes_weight: float = 1.0  # weight of the loss on FER+'s votes, a second head that is not served; the labels' is 1
    crowd_share: float = 0.0  # share of each label that crowd.label_likelihoods replaces
    distillation: Distillation | None = None  # needs a transfer set
    epochs: int = 100
    # Small pictures first, at less than half the cost. The last epoch is always in the last stage.
    stages: tuple[Stage, ...] = (Stage(0.65, 32, 0.8), Stage(0.25, 40, 1.0), Stage(0.1, FACE_SIDE, 1.0))
    batch_size: int = 256
    learning_rate: float = 0.006  # Muon's, for kernels that read more than one map
    adam_ratio: float = 0.1  # AdamW's rate for all other weights, as a share of learning_rate
    warmup_epochs: float = 4.0  # at most a tenth of the epochs
    momentum: float = 0.95
    weight_decay: float = 0.05  # each step shrinks every weight, but no bias or scale, by learning_rate times this
    label_smoothing: float = 0.05  # of the labels, not of teachers' answers
    dropout: float = 0.2
    mixup: float = 0.0  # strength, as in augmentation.mixed; 0: none
    average_momentum: float = 0.996  # of the weights' moving average; less in short runs
    class_balance: float = 0.3  # power of the inverse class frequency that weighs the loss; 0: none, 1: classes equal
    dtype: str = "mixed_bfloat16"  # a Keras policy; float32 is faster on processors without bfloat16 instructions
    seed: int = 0
    augmentation: Augmentation = field(default_factory=Augmentation)

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size"):
            if getattr(self, name) < 1:
                raise WrongSettings(f"{name} is {getattr(self, name)}; it is at least 1.")
        for name in ("seed", "learning_rate", "weight_decay", "votes_weight", "class_balance", "mixup"):
            if not 0 <= getattr(self, name) < math.inf:
                raise WrongSettings(f"{name} is {getattr(self, name)}; it is a number, at least 0.")
        if not self.stages or abs(sum(stage.share for stage in self.stages) - 1) > 1e-6:
            raise WrongSettings("The shares of the stages do not add up to 1.")
        for name in ("crowd_share", "label_smoothing"):
            if not 0 <= getattr(self, name) <= 1:
                raise WrongSettings(f"{name} is {getattr(self, name)}; it is a share, 0 to 1.")
        for name in ("mirrored", "grainy", "blurred", "erased"):
            if not 0 <= getattr(self.augmentation, name) <= 1:
                raise WrongSettings(f"{name} is {getattr(self.augmentation, name)}; it is a share, 0 to 1.")


def stage_at(config: TrainingConfig, epoch: int) -> Stage:
    """The stage of an epoch, counted from 0."""
    until = np.cumsum([stage.share for stage in config.stages]) * config.epochs
    last = len(config.stages) - 1
    return config.stages[last if epoch + 1 >= config.epochs else min(int(np.searchsorted(until, epoch, "right")), last)]
