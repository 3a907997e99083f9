import shutil
import tarfile
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from emotions.labels import EXPRESSIONS
from emotions.training.dataset import DatasetError, EmptySplit, load_split
from tests.closed_folder import closed, folder_for_all
from tests.emotions.conftest import encoded, face_images


@pytest.mark.parametrize(("split", "count"), [("train", 21), ("validation", 14), ("test", 7)])
def test_load_split_tells_splits_by_the_files_prefix(fer_zip, split, count):
    faces = load_split(fer_zip, split)
    assert faces.images.shape == (count, 48, 48)
    assert faces.images.dtype == np.uint8
    assert np.bincount(faces.labels).tolist() == [count // 7] * 7


def test_load_split_reads_a_folder_as_the_zip(fer_folder, fer_zip):
    folder, archive = load_split(fer_folder, "train"), load_split(fer_zip, "train")
    assert folder.names == archive.names
    np.testing.assert_array_equal(folder.images, archive.images)
    np.testing.assert_array_equal(folder.labels, archive.labels)


def test_load_split_refuses_a_folder_with_one_that_it_may_not_list(fer_folder):
    with folder_for_all() as folder:
        shutil.copytree(fer_folder, folder / "fer2013")
        fear = folder / "fer2013" / "train" / "fear"
        with closed(fear), pytest.raises(DatasetError, match=rf"Permission denied: '{fear}'"):
            load_split(folder, "train")


def test_load_split_accepts_the_data_one_folder_deeper(fer_folder):
    assert len(load_split(fer_folder.parent, "test")) == 7


def test_load_split_names_the_split_without_images(fer_folder):
    shutil.rmtree(fer_folder / "train")
    with pytest.raises(EmptySplit, match=r"no image of the train split.*Training_"):
        load_split(fer_folder, "train")


def test_load_split_leaves_unreadable_images_out_and_names_them(fer_folder, caplog):
    (fer_folder / "train" / "fear" / "Training_bad.jpg").write_bytes(b"junk")
    (fer_folder / "train" / "fear" / "Training_empty.jpg").write_bytes(b"")
    faces = load_split(fer_folder, "train")
    assert len(faces) == 21
    assert faces.unreadable == ("train/fear/Training_bad.jpg", "train/fear/Training_empty.jpg")
    assert "Training_bad.jpg" in caplog.text


def test_load_split_names_the_first_of_only_unreadable_images(tmp_path):
    (tmp_path / "Training_bad.jpg").write_bytes(b"junk")
    with pytest.raises(EmptySplit, match=r"could not be read.*Training_bad.jpg"):
        load_split(tmp_path, "train")


def test_load_split_refuses_a_folder_that_is_no_expression(fer_folder):
    (fer_folder / "train" / "fear").rename(fer_folder / "train" / "bored")
    with pytest.raises(DatasetError, match="'bored'"):
        load_split(fer_folder, "train")


def test_load_split_refuses_an_unknown_split(fer_folder):
    with pytest.raises(DatasetError, match="train, validation, test"):
        load_split(fer_folder, "training")


def test_load_split_refuses_a_source_that_is_not_there(tmp_path):
    with pytest.raises(DatasetError, match="does not exist"):
        load_split(tmp_path / "nowhere.zip", "train")


def test_load_split_refuses_a_file_that_is_no_zip(tmp_path):
    (tmp_path / "fer2013.zip").write_bytes(b"half a download")
    with pytest.raises(DatasetError, match="neither a zip nor a folder"):
        load_split(tmp_path / "fer2013.zip", "train")


def test_load_split_names_a_damaged_zip(fer_zip):
    packed = bytearray(fer_zip.read_bytes())
    first = zipfile.ZipFile(fer_zip).infolist()[0]
    packed[first.header_offset + 30 + len(first.filename) + 20] ^= 0xFF
    fer_zip.write_bytes(packed)
    with pytest.raises(DatasetError, match=f"{fer_zip.name} cannot be read"):
        load_split(fer_zip, {"Tr": "train", "Pu": "validation", "Pr": "test"}[Path(first.filename).name[:2]])


def test_load_split_takes_an_image_too_large_for_opencv_as_unreadable(fer_folder):
    header = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x10\x00\x00\x00\x10\x00\x00\x08\x00\x00\x00\x00"
    huge = fer_folder / "train" / "fear" / "Training_huge.png"
    huge.write_bytes(header + zlib.crc32(header[12:]).to_bytes(4, "big"))
    assert load_split(fer_folder, "train").unreadable == ("train/fear/Training_huge.png",)


@pytest.mark.parametrize("rename", [str.upper, str.title])
def test_load_split_reads_folders_and_files_in_any_case(fer_folder, rename):
    lower = load_split(fer_folder, "validation")
    for folder in (fer_folder / "test").iterdir():
        folder.rename(folder.with_name(rename(folder.name)))
    for path in fer_folder.rglob("PublicTest_*"):
        path.rename(path.with_name(path.name.upper()))
    np.testing.assert_array_equal(load_split(fer_folder, "validation").labels, lower.labels)


def test_load_split_reads_a_repack_that_names_the_splits_in_folders(fer_folder, tmp_path):
    expected = load_split(fer_folder, "test")
    names = dict(
        zip(EXPRESSIONS, ("Anger", "Disgusted", "Fearful", "Happiness", "Neutral", "Sadness", "Surprised"), strict=True)
    )
    for path in fer_folder.rglob("PrivateTest_*"):
        place = tmp_path / "repack" / "PrivateTest" / names[path.parent.name] / f"{path.stem.split('_')[1]}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)
    faces = load_split(tmp_path / "repack", "test")
    np.testing.assert_array_equal(faces.images, expected.images)
    np.testing.assert_array_equal(faces.labels, expected.labels)


def test_load_split_refuses_a_repack_whose_splits_cannot_be_told(fer_folder):
    for place, path in enumerate(sorted(fer_folder.rglob("*.png"))):
        path.rename(path.with_name(f"im{place}.png"))
    with pytest.raises(DatasetError, match=r"test/angry/im0\.png, and neither their names nor .* msambare/fer2013"):
        load_split(fer_folder, "validation")


def test_load_split_passes_over_what_a_mac_adds_to_a_zip(fer_zip):
    with zipfile.ZipFile(fer_zip, "a") as archive:
        archive.writestr("__MACOSX/train/fear/._Training_0002.png", b"attributes")
    assert load_split(fer_zip, "train").unreadable == ()


def test_load_split_reads_a_tar(fer_folder, tmp_path):
    with tarfile.open(tmp_path / "fer2013.tar.gz", "w:gz") as tar:
        tar.add(fer_folder, "fer2013")
    assert len(load_split(tmp_path / "fer2013.tar.gz", "validation")) == 14


def overwrite(path: Path, place: int, count: int = 40) -> None:
    content = bytearray(path.read_bytes())
    content[place : place + count] = b"\xff" * count
    path.write_bytes(content)


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_load_split_refuses_a_damaged_zip(tmp_path, packing):
    path = tmp_path / "fer2013.zip"
    with zipfile.ZipFile(path, "w", packing) as archive:
        archive.writestr("train/happy/Training_1.jpg", encoded(np.zeros((48, 48, 3), np.uint8)))
    overwrite(path, 30 + len("train/happy/Training_1.jpg") + 20)
    with pytest.raises(DatasetError, match=r"fer2013\.zip cannot be read: "):
        load_split(path, "train")


@pytest.mark.parametrize("packing", ["", "gz", "xz"])
def test_load_split_refuses_a_damaged_tar(fer_folder, tmp_path, packing):
    path = tmp_path / "fer2013.tar"
    with tarfile.open(path, f"w:{packing}") as tar:
        tar.add(fer_folder, "fer2013")
    overwrite(path, path.stat().st_size // 2 // 512 * 512, count=512)
    with pytest.raises(DatasetError, match=r"fer2013\.tar cannot be read: "):
        load_split(path, "train")


def test_load_split_refuses_a_tar_that_was_cut_off_between_two_files(fer_folder, tmp_path):
    path = tmp_path / "fer2013.tar"
    with tarfile.open(path, "w") as tar:
        tar.add(fer_folder, "fer2013")
    with tarfile.open(path) as tar:
        end = tar.getmembers()[-4].offset
    path.write_bytes(path.read_bytes()[:end])
    with pytest.raises(DatasetError, match="damaged or truncated"):
        load_split(path, "train")


def test_load_split_names_an_archive_within_a_zip(tmp_path):
    with zipfile.ZipFile(tmp_path / "challenge.zip", "w") as archive:
        archive.writestr("fer2013.tar.gz", b"packed")
    with pytest.raises(DatasetError, match=r"another archive in it, fer2013\.tar\.gz\. Unpack it"):
        load_split(tmp_path / "challenge.zip", "train")


def test_load_split_says_what_a_folder_holds_instead(tmp_path):
    (tmp_path / "train.parquet").write_bytes(b"PAR1")
    with pytest.raises(DatasetError, match=r"but \.parquet\. Use Kaggle's msambare/fer2013"):
        load_split(tmp_path, "train")


@pytest.fixture
def fer_csv(tmp_path):
    """fer2013.csv with one image of each of the challenge's numbers in Training, and one in PublicTest."""
    images = face_images(7).images
    rows = [f"{number},{' '.join(map(str, image.ravel()))},Training" for number, image in enumerate(images)]
    rows.append(f"6,{' '.join(map(str, images[0].ravel()))},PublicTest")
    path = tmp_path / "fer2013.csv"
    path.write_text("emotion,pixels,Usage\n" + "\n".join(rows) + "\n")
    return path


def test_load_split_reads_the_csv_of_the_challenge(fer_csv):
    faces = load_split(fer_csv, "train")
    np.testing.assert_array_equal(faces.images, face_images(7).images)
    named = [EXPRESSIONS[label] for label in faces.labels]
    assert named == ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
    assert [EXPRESSIONS[label] for label in load_split(fer_csv, "validation").labels] == ["neutral"]


def test_load_split_reads_a_csv_within_a_zip_or_a_folder(fer_csv, tmp_path):
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
        archive.write(fer_csv, "fer2013/fer2013.csv")
        archive.writestr("fer2013/README", b"about")
        archive.writestr("example_submission.csv", b"emotion\n0\n")
    (tmp_path / "unpacked" / "fer2013").mkdir(parents=True)
    shutil.copy(fer_csv, tmp_path / "unpacked" / "fer2013")
    for source in ("archive.zip", "unpacked"):
        np.testing.assert_array_equal(load_split(tmp_path / source, "train").images, face_images(7).images)


def test_load_split_refuses_to_choose_between_two_csvs(fer_csv):
    shutil.copy(fer_csv, fer_csv.with_name("icml_face_data.csv"))
    with pytest.raises(DatasetError, match=r"several CSVs of FER-2013: fer2013\.csv, icml_face_data\.csv"):
        load_split(fer_csv.parent, "train")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize(
    "header", ["emotion, Usage, pixels", "Emotion;Usage;Pixels", "EMOTION\t USAGE\tpixels "], ids=repr
)
def test_load_split_reads_other_spellings_of_the_csv(fer_csv, header, encoding):
    delimiter = next(sign for sign in ";\t," if sign in header)
    rows = [line.split(",") for line in fer_csv.read_text().splitlines()[1:]]
    lines = [header, *(delimiter.join((emotion, f" {usage}", pixels)) for emotion, pixels, usage in rows)]
    fer_csv.write_text("\r\n".join(lines), encoding=encoding)
    np.testing.assert_array_equal(load_split(fer_csv, "train").images, face_images(7).images)
    assert [EXPRESSIONS[label] for label in load_split(fer_csv, "validation").labels] == ["neutral"]


def test_load_split_names_the_columns_of_the_challenges_csv_without_splits(tmp_path):
    (tmp_path / "train.csv").write_text("emotion,pixels\n0,1 2 3\n")
    with pytest.raises(DatasetError, match=r"no columns emotion, pixels and Usage.*train\.csv has emotion, pixels\."):
        load_split(tmp_path / "train.csv", "train")


@pytest.mark.parametrize("pixels", ["1 2 3", "x " * 2304, "256 " * 2304, ""])
def test_load_split_leaves_out_csv_lines_that_are_no_image(fer_csv, pixels):
    with fer_csv.open("a") as file:
        file.write(f"0,{pixels},Training\n")
    faces = load_split(fer_csv, "train")
    assert (len(faces), faces.unreadable) == (7, ("Training_00008",))


def test_load_split_refuses_a_number_that_is_no_expression(fer_csv):
    with fer_csv.open("a") as file:
        file.write(f"7,{'0 ' * 2304},Training\n")
    with pytest.raises(DatasetError, match="'7'"):
        load_split(fer_csv, "train")


def test_load_split_refuses_another_csv(tmp_path):
    (tmp_path / "grades.csv").write_text("name,grade\n")
    with pytest.raises(DatasetError, match="no columns emotion, pixels and Usage"):
        load_split(tmp_path / "grades.csv", "train")
