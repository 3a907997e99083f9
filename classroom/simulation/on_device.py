"""The snapshots that a simulated class sends if students' browsers find the faces."""

from collections.abc import Iterable, Iterator

from classroom.snapshots import CROP_MAX_BYTES, pack_found


def faces_alone(frames: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a snapshot's content for each JPEG of a whole frame: the nearest face, or that there is none."""
    from emotions.faces import BlazeFaceDetector  # noqa: PLC0415  # imports OpenCV
    from emotions.synthetic.cut_faces import find_and_cut  # noqa: PLC0415

    detector = BlazeFaceDetector()
    return (pack_found(find_and_cut(jpeg, detector, max_bytes=CROP_MAX_BYTES)) for jpeg in frames)
