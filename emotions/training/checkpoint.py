"""The state from which a killed training run resumes, written after each epoch, whole or not at all.

Keras's BackupAndRestore is not enough: it writes weights and epoch as two files, so a kill between them leaves them
from different epochs; it does not notice changed settings or data; and it does not keep the history."""

import json
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

CHECKPOINT_FILE = "checkpoint.npz"


class WrongCheckpoint(ValueError):
    """The checkpoint belongs to a run with other settings or data, or cannot be read."""


@dataclass(frozen=True)
class Progress:
    """The finished epochs."""

    history: tuple[dict[str, float], ...] = ()  # one row of figures per epoch

    @property
    def epoch(self) -> int:
        """The number of epochs that are finished."""
        return len(self.history)


def save(folder: Path, model: keras.Model, settings: dict[str, Any], progress: Progress) -> None:
    """Write weights, optimizer state (averages and step included), dropout's random state and the history."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {"settings": settings, "history": progress.history}
    values = [keras.ops.convert_to_numpy(variable.value) for variable in _variables(model)]
    arrays: dict[str, Any] = {f"v{index}": value for index, value in enumerate(values)}
    scratch = folder / f".{CHECKPOINT_FILE}"
    with scratch.open("wb") as file:
        np.savez(file, state=np.array(json.dumps(state)), **arrays)
    os.replace(scratch, folder / CHECKPOINT_FILE)


def restore(folder: Path, model: keras.Model, settings: dict[str, Any]) -> Progress:
    """Load the checkpoint, if there is one, into a compiled model. Raises WrongCheckpoint."""
    path = folder / CHECKPOINT_FILE
    if not path.exists():
        return Progress()
    try:
        with np.load(path) as arrays:
            state = json.loads(str(arrays["state"]))
            values = [arrays[f"v{index}"] for index in range(len(arrays.files) - 1)]
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        raise WrongCheckpoint(f"{path} cannot be read ({error}). Delete it to start again.") from error
    # Compared as JSON, because the checkpoint is JSON: tuples have become lists.
    if state["settings"] != json.loads(json.dumps(settings)):
        raise WrongCheckpoint(
            f"{path} is from a run with other settings or data. Train under another name, or delete it."
        )
    for variable, value in zip(_variables(model), values, strict=True):
        variable.assign(value)
    return Progress(tuple(state["history"]))


def _variables(model: keras.Model) -> list[keras.Variable]:
    model.optimizer.build(model.trainable_variables)
    return [*model.variables, *model.optimizer.variables]
