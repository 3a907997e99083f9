import pytest

from emotions import serving
from emotions.registry import UnknownModel, default_model


@pytest.fixture(autouse=True)
def _not_loaded(monkeypatch):
    monkeypatch.setattr(serving, "_shared", None)
    monkeypatch.setattr(serving, "_state", "not loaded")


def test_warm_loads_the_one_recogniser_of_the_process(settings):
    settings.EMOTION_MODEL = default_model()
    assert serving.state() == "not loaded"
    serving.warm()
    assert serving.state() == "loaded"
    assert serving.recogniser() is serving.recogniser()
    assert serving.recogniser().model == default_model()


def test_state_is_broken_when_the_model_does_not_load(settings):
    settings.EMOTION_MODEL = "no such model"
    with pytest.raises(UnknownModel):
        serving.warm()
    assert serving.state() == "broken"
