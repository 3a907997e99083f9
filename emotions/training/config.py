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
    """What the network sees in a share of the epochs: faces scaled by zoom, the middle side x side pixels of them."""

    share: float
    side: int
    zoom: float


@dataclass(frozen=True)
class TrainingConfig:
    """Every hyper-parameter of a run; all of them go into the manifest.

    Kernels are trained by Muon at learning_rate, all else by AdamW at adam_ratio of it; a step takes learning_rate
    times weight_decay off every weight of both, but off no bias or scale. warmup_epochs and average_momentum are less
    in short runs. class_balance is the power of the inverse class frequency that weighs the loss: 0 is none, 1 counts
    each class the same. initial_model names a stored model of the same architecture whose weights the run starts from;
    empty starts afresh. The last epoch is always of the last stage; small pictures before it cost half as much. Where
    the crowd's votes are given, the network also learns to tell them, in a second head that is not served and weighs
    votes_weight beside the labels; and crowd_share of each label's place is taken by what crowd.label_likelihoods makes
    of them. teachers names stored models: their mean probabilities, as they are served, are teacher_share of each
    target, and the label the rest (distillation, Hinton et al. 2015). mixup: as augmentation.mixed. Raises
    WrongSettings.
    """

    architecture: str = "strided_vgg"
    initial_model: str = ""
    votes_weight: float = 1.0
    crowd_share: float = 0.0
    teachers: tuple[str, ...] = ()
    teacher_share: float = 0.5
    epochs: int = 100
    stages: tuple[Stage, ...] = (Stage(0.65, 32, 0.8), Stage(0.25, 40, 1.0), Stage(0.1, FACE_SIDE, 1.0))
    batch_size: int = 256
    learning_rate: float = 0.006
    adam_ratio: float = 0.1
    warmup_epochs: float = 4.0
    momentum: float = 0.95
    weight_decay: float = 0.05
    label_smoothing: float = 0.05
    dropout: float = 0.2
    mixup: float = 0.0
    average_momentum: float = 0.996
    class_balance: float = 0.3
    dtype: str = "mixed_bfloat16"
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
        for name in ("teacher_share", "crowd_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise WrongSettings(f"{name} is {getattr(self, name)}; it is a share, 0 to 1.")
        for name in ("mirrored", "grainy", "blurred", "erased"):
            if not 0 <= getattr(self.augmentation, name) <= 1:
                raise WrongSettings(f"{name} is {getattr(self.augmentation, name)}; it is a share, 0 to 1.")


def stage_of(config: TrainingConfig, epoch: int) -> Stage:
    """The stage that an epoch, counted from nought, belongs to."""
    until = np.cumsum([stage.share for stage in config.stages]) * config.epochs
    last = len(config.stages) - 1
    return config.stages[last if epoch + 1 >= config.epochs else min(int(np.searchsorted(until, epoch, "right")), last)]
