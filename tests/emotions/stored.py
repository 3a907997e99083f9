"""Reads what training stored next to a model, for tests that compare with it."""

import json
from pathlib import Path
from typing import Any

from emotions.registry import METRICS_FILE, MODELS_DIR, load_manifest


def stored_metrics(name: str = "", models_dir: Path = MODELS_DIR) -> dict[str, Any]:
    """A model's metrics on the validation split when it was trained, or the default model's for ''."""
    return json.loads((models_dir / load_manifest(name, models_dir).name / METRICS_FILE).read_text())
