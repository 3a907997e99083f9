import json
import re
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
import tensorflow as tf
from django.core.management import CommandError, call_command

from emotions.registry import default_model, load_history, load_manifest, load_model, load_network
from tests.emotions.conftest import write_fer_folder
from tests.emotions.stored import stored_metrics

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("eager_tensorflow")]
ROOT = Path(__file__).resolve().parents[3]


def test_evaluate_prints_one_json_object(fer_zip):
    out = StringIO()
    call_command("evaluate_emotion_model", "--data", str(fer_zip), "--split", "test", "--json", stdout=out)
    figures = json.loads(out.getvalue())
    assert (figures["model"], figures["split"], figures["images"]) == (default_model(), "test", 7)
    assert figures["without_copies"]["images"] == 7
    assert list(figures["coverage"]) == ["1.0", "0.9", "0.8", "0.7"]


def test_evaluate_prints_nothing_else_on_stdout(fer_folder):
    command = [
        sys.executable,
        "manage.py",
        "evaluate_emotion_model",
        "--data",
        str(fer_folder),
        "--split",
        "validation",
    ]
    done = subprocess.run([*command, "--json"], cwd=ROOT, check=True, capture_output=True, text=True)
    assert json.loads(done.stdout)["images"] == 14


def test_evaluate_prints_a_table_for_people(fer_zip):
    out = StringIO()
    call_command("evaluate_emotion_model", "--data", str(fer_zip), "--split", "validation", stdout=out)
    assert f"{default_model()} on 14 images of the validation split" in out.getvalue()
    assert "14 images without a copy in Training: accuracy" in out.getvalue()
    assert "disgust" in out.getvalue()


def test_evaluate_refuses_a_split_without_images(fer_folder):
    for path in fer_folder.rglob("PrivateTest_*"):
        path.unlink()
    with pytest.raises(CommandError, match="no image of the test split"):
        call_command("evaluate_emotion_model", "--data", str(fer_folder), "--split", "test")


def test_evaluate_refuses_an_unknown_model(fer_zip):
    with pytest.raises(CommandError, match=default_model()):
        call_command("evaluate_emotion_model", "--data", str(fer_zip), "--split", "test", "--model", "nobody")


def train(data: Path, scratch: Path, *arguments: str) -> str:
    small = ["--architecture", "tiny_vgg", "--epochs", "1", "--batch-size", "7"]
    places = ["--models-dir", str(scratch / "models"), "--work-dir", str(scratch / "work")]
    out = StringIO()
    call_command("train_emotion_model", "--data", str(data), "--name", "tiny", *small, *places, *arguments, stdout=out)
    return out.getvalue().strip()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The folder of a finished run, and what the command printed. It ran in a graph, as it does for users."""
    folder = tmp_path_factory.mktemp("run")
    tf.config.run_functions_eagerly(False)
    printed = train(write_fer_folder(tmp_path_factory.mktemp("fer2013")), folder)
    tf.config.run_functions_eagerly(True)
    return folder, printed


@pytest.fixture
def trained(run, tmp_path):
    """The test's own copy of the run, because training takes seconds."""
    return shutil.copytree(run[0], tmp_path, dirs_exist_ok=True)


def test_train_stores_a_model_with_its_history(run):
    folder, printed = run
    assert printed == str(folder / "models" / "tiny")
    assert load_manifest("tiny", folder / "models").training["epochs"] == 1
    assert (folder / "work" / "history.csv").exists()


def test_train_takes_its_stages_and_strength_from_the_command_line(fer_zip, tmp_path):
    train(fer_zip, tmp_path, "--stages", "0.5:32:0.8", "0.5:48:1", "--strength", "2")
    training = load_manifest("tiny", tmp_path / "models").training
    assert [stage["side"] for stage in training["stages"]] == [32, 48]
    assert training["augmentation"]["rotation_degrees"] == 20


@pytest.fixture
def any_teacher(monkeypatch):
    """Lets even a network that was trained for one epoch on noise be a teacher."""
    monkeypatch.setattr("emotions.training.teachers.LOWEST_ACCURACY", 0.0)


def make_transfer_set(data: Path, scratch: Path, *arguments: str) -> Path:
    folder = scratch / "transfer"
    places = ["--models-dir", str(scratch / "models"), "--folder", str(folder)]
    teachers = ["--teachers", "tiny", "--views", "2"]
    call_command("make_transfer_set", "--data", str(data), *teachers, *places, *arguments, stdout=StringIO())
    return folder


def test_train_learns_from_a_transfer_set(fer_zip, trained, tmp_path, any_teacher):
    folder = make_transfer_set(fer_zip, tmp_path, "--grainy", "0.1")
    train(fer_zip, tmp_path, "--transfer-set", str(folder), "--teachers", "tiny:0.65:1.6", "--alpha", "0.4")
    training = load_manifest("tiny", tmp_path / "models").training
    teacher = {"name": "tiny", "weight": 0.65, "temperature": 1.6}
    assert training["distillation"] == {"teachers": [teacher], "alpha": 0.4}
    assert (training["transfer_set"]["views"], training["transfer_set"]["augmentation"]["grainy"]) == (2, 0.1)
    assert training["augmentation"]["rotation_degrees"] == 0


def test_train_refuses_to_augment_the_views_of_a_transfer_set(fer_zip, tmp_path):
    with pytest.raises(CommandError, match="augmented already"):
        train(fer_zip, tmp_path, "--transfer-set", str(tmp_path), "--teachers", "tiny", "--grainy", "0.1")


@pytest.mark.parametrize("half", [("--transfer-set", "folder"), ("--teachers", "tiny")])
def test_train_refuses_a_transfer_set_without_teachers_and_the_reverse(fer_zip, tmp_path, half):
    with pytest.raises(CommandError, match="go together"):
        train(fer_zip, tmp_path, *half)


def test_make_transfer_set_refuses_an_unknown_teacher(fer_zip, tmp_path):
    with pytest.raises(CommandError, match="'tiny'"):
        make_transfer_set(fer_zip, tmp_path)


def test_make_transfer_set_refuses_to_extend_a_set_of_another_augmentation(fer_zip, trained, tmp_path, any_teacher):
    make_transfer_set(fer_zip, tmp_path)
    with pytest.raises(CommandError, match="other faces, seed or augmentation"):
        make_transfer_set(fer_zip, tmp_path, "--strength", "2")


def test_train_refuses_to_resume_a_run_of_other_settings(fer_zip, trained, tmp_path):
    with pytest.raises(CommandError, match="other settings"):
        train(fer_zip, tmp_path, "--resume", "--seed", "5")


def test_train_refuses_another_backend_than_the_running_one(fer_zip, tmp_path):
    with pytest.raises(CommandError, match="already running on tensorflow"):
        train(fer_zip, tmp_path, "--backend", "torch")


def test_train_refuses_data_without_a_training_split(fer_folder, tmp_path):
    for path in fer_folder.rglob("Training_*"):
        path.unlink()
    with pytest.raises(CommandError, match="no image of the train split"):
        train(fer_folder, tmp_path)


def test_train_refuses_an_unknown_architecture(fer_zip, tmp_path):
    with pytest.raises(CommandError, match="plain_vgg"):
        train(fer_zip, tmp_path, "--architecture", "resnet")


def test_train_on_few_images_writes_a_model_that_loads(fer_zip, tmp_path):
    small = ["--architecture", "tiny_vgg", "--epochs", "1", "--batch-size", "2", "--limit", "4"]
    work = ["--work-dir", str(tmp_path / "work")]
    call_command("train_emotion_model", "--data", str(fer_zip), "--output", str(tmp_path / "out"), *small, *work)
    assert load_model("", tmp_path / "out").manifest.training["images"] == 4


def test_convert_balances_and_measures_a_network_again(fer_zip, trained, tmp_path):
    before = load_network("tiny", tmp_path / "models").get_layer("logits").bias.numpy()
    places = ["--from-dir", str(tmp_path / "models"), "--models-dir", str(tmp_path / "converted")]
    call_command("convert_emotion_model", "--data", str(fer_zip), "--model", "tiny", "--balance", "0.5", *places)
    model = load_model("tiny", tmp_path / "converted")
    assert model.manifest.training["balance"] == 0.5
    assert 0 <= stored_metrics("tiny", tmp_path / "converted")["held_out"]["accuracy"] <= 1
    assert load_history("tiny", tmp_path / "converted") == load_history("tiny", tmp_path / "models") != ""
    assert (load_network("tiny", tmp_path / "converted").get_layer("logits").bias.numpy() != before).any()


def test_convert_refuses_an_unknown_model(fer_zip, tmp_path):
    with pytest.raises(CommandError, match="'nobody'"):
        call_command(
            "convert_emotion_model", "--data", str(fer_zip), "--model", "nobody", "--models-dir", str(tmp_path)
        )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--epochs", "0"], "'0' is not a whole number above 0"),
        (["--batch-size", "-5"], "'-5' is not a whole number above 0"),
        (["--seed", "-1"], "'-1' is not a whole number of at least 0"),
        (["--learning-rate", "nan"], "'nan' is not a number above 0"),
        (["--grainy", "5"], "'5' is not a number from 0 to 1"),
        (["--limit", "many"], "'many' is not a whole number above 0"),
        (["--name", "../elsewhere"], "is not a valid name"),
        (["--votes-weight", "1"], "--votes"),
        (["--crowd-share", "0.5"], "with --votes"),
        (["--stages", "0.5:32"], "is not of the form SHARE:SIDE:ZOOM"),
        (["--teachers", "tiny:1:1:1"], "is not of the form NAME[:WEIGHT[:TEMPERATURE]]"),
        (["--teachers", "tiny:0"], "'0' is not a number above 0"),
        (["--stages", "0.5:32:0.8"], "do not add up to 1"),
    ],
)
def test_train_refuses_invalid_options_at_once(fer_zip, tmp_path, arguments, said):
    with pytest.raises(CommandError, match=re.escape(said)):
        train(fer_zip, tmp_path, *arguments)
    assert not list(tmp_path.glob("work"))


def test_train_names_the_folder_it_cannot_write_to(fer_zip, tmp_path):
    (tmp_path / "models").write_text("in the way")
    with pytest.raises(CommandError, match="models"):
        train(fer_zip, tmp_path)
    assert not (tmp_path / "work" / "history.csv").exists()


@pytest.mark.parametrize("balance", ["nan", "-1", "2"])
def test_convert_refuses_a_balance_out_of_its_range(fer_zip, tmp_path, balance):
    with pytest.raises(CommandError, match="from 0 to 1"):
        call_command("convert_emotion_model", "--data", str(fer_zip), "--balance", balance)


def test_evaluate_writes_a_report_of_a_model_of_another_folder_with_its_curves(fer_zip, trained, tmp_path):
    places = ["--models-dir", str(tmp_path / "models"), "--report", str(tmp_path / "report")]
    out = StringIO()
    call_command(
        "evaluate_emotion_model", "--data", str(fer_zip), "--split", "test", "--model", "tiny", *places, "--json",
        stdout=out,
    )  # fmt: skip
    figures = json.loads(out.getvalue())
    assert 0 <= figures["ece"] <= 1
    assert figures["nll"] > 0
    assert (tmp_path / "report" / "curves.png").exists()
    assert "## Fairness probe" in (tmp_path / "report" / "README.md").read_text()


def test_evaluate_reports_that_it_cannot_write_the_report(fer_zip, tmp_path):
    (tmp_path / "report").write_text("in the way")
    with pytest.raises(CommandError, match="report"):
        call_command(
            "evaluate_emotion_model", "--data", str(fer_zip), "--split", "test", "--report", str(tmp_path / "report")
        )


def test_join_makes_one_model_of_two(fer_zip, trained, tmp_path):
    places = ["--from-dir", str(tmp_path / "models"), "--models-dir", str(tmp_path / "joined")]
    out = StringIO()
    call_command("join_emotion_models", "tiny", "tiny", "--name", "pair", "--data", str(fer_zip), *places, stdout=out)
    assert out.getvalue().strip() == str(tmp_path / "joined" / "pair")
    assert list(load_manifest("pair", tmp_path / "joined").training["joined"]) == ["tiny"]


def test_join_averages_weights(fer_zip, trained, tmp_path):
    places = ["--models-dir", str(tmp_path / "models")]
    named = ["--name", "mean", "--data", str(fer_zip), "--average"]
    call_command("join_emotion_models", "tiny", "tiny", *named, *places, stdout=StringIO())
    assert list(load_manifest("mean", tmp_path / "models").training["averaged"]) == ["tiny"]


@pytest.mark.parametrize(("models", "said"), [(["tiny"], "at least two"), (["nobody", "tiny"], "'nobody'")])
def test_join_refuses_what_it_cannot_do(fer_zip, tmp_path, models, said):
    with pytest.raises(CommandError, match=said):
        call_command("join_emotion_models", *models, "--name", "pair", "--data", str(fer_zip))
