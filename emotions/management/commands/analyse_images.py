import json
import os
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from emotions.labels import by_name
from emotions.management.options import printable
from emotions.management.recognisers import add_recogniser_options, create_recogniser

if TYPE_CHECKING:
    from emotions.recognition import Recogniser


class Command(BaseCommand):
    help = "Finds the faces in images and reads their expressions. Exits with status 1 if an image was unreadable."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="images, or folders of images")
        parser.add_argument("--json", action="store_true", help="print one JSON object per image, one per line")
        add_recogniser_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        recogniser = create_recogniser(options["model"], options["detector"])
        unreadable = analysed = 0
        for path in _images(options["paths"]):
            row = _row(recogniser, path)
            analysed += 1
            unreadable += row["error"] is not None
            line = json.dumps(row, ensure_ascii=False) if options["json"] else _text(row)
            self.stdout.write(printable(line))
        if not analysed:
            raise CommandError("The given paths contain no image.")
        if unreadable:
            raise CommandError(f"{unreadable} of {analysed} images could not be read.", returncode=1)


def _images(paths: Sequence[Path]) -> Iterator[Path]:
    # OpenCV takes a while to import, and other commands and --help do not need it.
    from emotions.images import image_files  # noqa: PLC0415

    for path in paths:
        # Unlike Path.is_dir, this is false for a path that may not be looked at, which read_image then reports.
        if os.path.isdir(path):
            yield from image_files(path)
        else:
            yield path


def _row(recogniser: "Recogniser", path: Path) -> dict[str, Any]:
    from emotions.images import UnreadableImage, read_image  # noqa: PLC0415 - OpenCV, as above

    try:
        frame = read_image(path)
    except UnreadableImage as error:
        return {"path": str(path), "faces": [], "error": str(error)}
    faces = [
        {
            "box": [round(value) for value in face.box],
            "score": round(face.score, 4),
            "expression": None if face.uncertain else face.expression,
            "probabilities": {name: round(value, 4) for name, value in by_name(face.probabilities).items()},
            "uncertain": face.uncertain,
        }
        for face in recogniser.recognise_frames([frame])[0].faces
    ]
    return {"path": str(path), "faces": faces, "error": None}


def _text(row: dict[str, Any]) -> str:
    if row["error"] is not None:
        return f"{row['path']}: {row['error']}"
    if not row["faces"]:
        return f"{row['path']}: no face"
    lines = []
    for face in row["faces"]:
        name = face["expression"]
        reading = f"uncertain ({face['uncertain']})" if name is None else f"{name} {face['probabilities'][name]:.2f}"
        lines.append(f"{row['path']}: {reading} at {face['box']}")
    return "\n".join(lines)
