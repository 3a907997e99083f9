import subprocess
import sys

import pytest


def loaded_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*(set(sys.modules) & {{'tensorflow', 'keras', 'cv2', 'torch', 'numpy'}}))"
    return set(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split())


@pytest.mark.parametrize("module", ["emotions", "emotions.labels", "emotions.jpeg", "emotions.serving"])
def test_light_modules_load_no_heavy_library(module):
    assert loaded_by(f"import {module}") == set()


def test_synthetic_frames_load_no_network():
    assert loaded_by("import emotions.synthetic.webcam") == {"cv2", "numpy"}


def test_a_worker_loads_no_tensorflow():
    """It takes 640 MB and seconds, and serving does not need it (docs/adr/0006)."""
    assert loaded_by("from emotions.recognition import Recogniser; Recogniser()") == {"cv2", "numpy"}


def test_recognition_works_without_django_settings():
    code = "from emotions.serving import recogniser; print(recogniser().model)"
    environment = {"PATH": "/usr/bin:/bin", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment)
    assert done.stdout.strip() != ""
