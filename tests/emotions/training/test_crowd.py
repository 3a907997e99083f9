import numpy as np
import pytest

from emotions.labels import EXPRESSIONS
from emotions.registry import load_model
from emotions.training.crowd import ANSWERS, NO_MAJORITY, agreement, crowd_labels, label_likelihoods, vote_shares
from emotions.training.dataset import DatasetError
from emotions.training.evaluate import evaluate_model
from tests.emotions.conftest import face_images

HEADER = "file,fer2013_label,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n"


@pytest.fixture
def votes(tmp_path):
    def written(*rows: str):
        path = tmp_path / "votes.csv"
        path.write_text(HEADER + "".join(f"{row}\n" for row in rows))
        return path

    return written


def label(votes, row: str) -> int:
    return int(crowd_labels(votes(f"a.jpg,happy,{row}"), ["train/happy/a.jpg"])[0])


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("6,1,0,1,0,0,0,1,1,0", "neutral"),
        ("0,9,1,0,0,0,0,0,0,0", "happy"),
        ("0,0,6,1,0,0,3,0,0,0", "surprise"),
        ("2,0,0,5,0,0,3,0,0,0", "sad"),
        ("1,0,0,0,8,1,0,0,0,0", "angry"),
        ("0,0,0,0,4,5,1,0,0,0", "disgust"),
        ("0,0,4,0,0,0,6,0,0,0", "fear"),
    ],
)
def test_the_answer_with_most_votes_is_the_label(votes, row, name):
    assert label(votes, row) == EXPRESSIONS.index(name)


@pytest.mark.parametrize(
    "row", ["5,5,0,0,0,0,0,0,0,0", "3,0,0,0,0,0,0,6,1,0", "4,0,0,0,0,0,0,0,5,1", "0,0,0,0,0,0,0,0,0,10"]
)
def test_a_tie_and_none_of_the_seven_are_no_majority(votes, row):
    assert label(votes, row) == NO_MAJORITY


def test_an_image_without_votes_has_no_majority(votes):
    assert list(crowd_labels(votes(), ["a.jpg"])) == [NO_MAJORITY]


def test_agreement_counts_only_images_with_a_majority():
    crowd = np.array([3, 4, NO_MAJORITY, 5])
    assert agreement(np.array([3, 4, 4, 0]), crowd) == {"images": 3, "agreement": 0.6667}


def test_agreement_with_nobody_is_none_not_zero():
    assert agreement(np.array([1]), np.array([NO_MAJORITY])) == {"images": 0, "agreement": None}


@pytest.mark.parametrize("text", ["", "file,neutral\na.jpg,1\n", "no table at all", f"{HEADER}a.jpg,happy,many\n"])
def test_a_file_that_is_no_table_of_votes_is_refused(tmp_path, text):
    path = tmp_path / "votes.csv"
    path.write_text(text)
    with pytest.raises(DatasetError, match="not a table of FER\\+ votes"):
        crowd_labels(path, ["a.jpg"])


def test_an_evaluation_with_votes_reports_agreement(votes, fer_folder):

    figures = evaluate_model(
        load_model(), fer_folder, "validation", votes("PublicTest_0000.png,angry,0,9,0,0,0,0,0,0,0,0")
    )
    assert figures["crowd"]["images"] == 1
    assert figures["crowd"]["agreement"] in (0.0, 1.0)


def test_shares_are_each_answers_part_of_the_votes_and_zero_without_any(votes):
    shares = vote_shares(votes("a.jpg,happy,1,6,0,0,0,0,0,0,1,0"), ["train/happy/a.jpg", "train/sad/b.jpg"])
    assert shares.shape == (2, len(ANSWERS))
    assert dict(zip(ANSWERS, shares[0].tolist(), strict=True)) == dict.fromkeys(ANSWERS, 0.0) | {
        "neutral": 0.125,
        "happiness": 0.75,
        "unknown": 0.125,
    }
    assert not shares[1].any()


def test_votes_for_other_files_are_refused_for_training(votes):
    with pytest.raises(DatasetError, match="no votes for these faces"):
        vote_shares(votes("other.jpg,happy,0,9,1,0,0,0,0,0,0,0"), face_images(14).names)


def test_likelihoods_follow_the_labels_that_go_with_such_votes():
    labels = np.arange(210) % 7
    shares = np.zeros((210, len(ANSWERS)), np.float32)
    shares[np.arange(210), labels] = 1.0
    # Thirty faces for which everybody gives the first answer; one in six is labelled as the third.
    labels[np.arange(0, 210, 42)] = 2
    likely = label_likelihoods(shares, labels)
    np.testing.assert_allclose(likely.sum(axis=1), 1, rtol=1e-5)
    assert likely[7, 0] == pytest.approx(25 / 30, abs=0.05)
    assert likely[7, 2] == pytest.approx(5 / 30, abs=0.05)


def test_a_face_without_votes_keeps_its_label():
    labels = np.arange(21) % 7
    shares = np.full((21, len(ANSWERS)), 0.1, np.float32)
    shares[3] = 0
    assert label_likelihoods(shares, labels)[3].tolist() == np.eye(7)[3].tolist()
    np.testing.assert_array_equal(label_likelihoods(np.zeros_like(shares), labels), np.eye(7)[labels])
