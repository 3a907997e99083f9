import signal
import sys
import threading
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from emotions.management.options import positive, printable
from emotions.management.recognisers import add_recogniser_options, create_recogniser

if TYPE_CHECKING:
    from emotions.video.sources import Source
    from emotions.video.watch import Sink, Tally

VIEW_PORT = 8090


class Command(BaseCommand):
    help = (
        "Tracks the faces in front of a camera, in a video or in images, and reads their expressions, without a "
        "server. Without --output, --readings and --view it prints every change. Ctrl-C stops it."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", metavar="SOURCE", help="a camera's number (0), a video, an image or a folder")
        parser.add_argument("--faces", choices=["all", "one"], default="all", help="one: the largest face only")
        parser.add_argument(
            "--output",
            type=Path,
            metavar="PATH",
            help="annotated video, .mp4 or .avi; for a folder of images a folder, for one also a file",
        )
        parser.add_argument(
            "--readings", type=Path, metavar="PATH", help=".csv or .jsonl; default: next to the output, .readings.csv"
        )
        parser.add_argument(
            "--view",
            type=_port,
            nargs="?",
            const=VIEW_PORT,
            metavar="PORT",
            help=f"a live page for this machine only; default: port {VIEW_PORT}",
        )
        parser.add_argument("--seconds", type=positive(float), help="stop after this many seconds of the source")
        parser.add_argument("--frames", type=positive(int), help="stop after this many frames")
        add_recogniser_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        # OpenCV and LiteRT take a second to import, and --help does not need them.
        from emotions.video.capture import UnusableSource  # noqa: PLC0415
        from emotions.video.sources import SourceLost, open_source  # noqa: PLC0415
        from emotions.video.watch import Tally  # noqa: PLC0415

        tally = Tally()
        try:
            source = open_source(options["source"])
            with closing(source.shots), _interrupted_by_signals() as interrupted:
                _check(source, options)
                self._watch(source, tally, options, interrupted)
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")
        except (UnusableSource, SourceLost, OSError) as error:
            saved = f" Before that: {_summary(tally, options)}" if tally.frames else ""
            raise CommandError(f"{error}{saved}") from error
        self._write(_summary(tally, options))

    def _write(self, text: str) -> None:
        self.stdout.write(printable(text))

    def _watch(self, source: "Source", tally: "Tally", options: dict[str, Any], interrupted: threading.Event) -> None:
        """Run until the source ends or a limit is reached. Raises KeyboardInterrupt, SourceLost, OSError."""
        from emotions.video.watch import in_real_time, limit, watch_source  # noqa: PLC0415 - OpenCV, as above

        recogniser = create_recogniser(options["model"], options["detector"])
        with ExitStack() as stack:
            sinks = [*self._sinks(source, options), tally]
            for sink in sinks:
                stack.callback(sink.close)
            advance = stack.enter_context(_progress(options["frames"] or source.count, shown=_writes(options)))
            results = watch_source(source, recogniser, only_one=options["faces"] == "one")
            results = limit(results, seconds=options["seconds"], frames=options["frames"])
            for result in in_real_time(results) if options["view"] is not None else results:
                for sink in sinks:
                    sink.write(result)
                advance()
                if interrupted.is_set():
                    raise KeyboardInterrupt

    def _sinks(self, source: "Source", options: dict[str, Any]) -> "Iterator[Sink]":
        from emotions.video.mjpeg import LivePage  # noqa: PLC0415 - OpenCV, as above
        from emotions.video.recordings import PictureRecording, VideoRecording  # noqa: PLC0415
        from emotions.video.result_files import READING_FILES  # noqa: PLC0415
        from emotions.video.watch import ChangeLog  # noqa: PLC0415

        output, readings = options["output"], _readings_path(options)
        if output:
            yield PictureRecording(output) if source.pictures else VideoRecording(output, source.fps)
        if readings:
            yield READING_FILES[readings.suffix.lower()](readings)
        if options["view"] is not None:
            page = LivePage(options["view"])
            self.stdout.write(f"Live view: {page.url}")
            yield page
        if not _writes(options):
            yield ChangeLog(self._write, pictures=source.pictures)


def _writes(options: dict[str, Any]) -> bool:
    return bool(options["output"] or options["readings"] or options["view"] is not None)


def _readings_path(options: dict[str, Any]) -> Path | None:
    readings: Path | None = options["readings"]
    output: Path | None = options["output"]
    if readings or not output:
        return readings
    place = output if output.name not in ("", "..") else output.resolve()
    return place.parent / f"{place.stem}.readings.csv"


def _check(source: "Source", options: dict[str, Any]) -> None:
    """Refuse options that would fail, or overwrite the source, before anything is loaded or written."""
    from emotions.video.recordings import CODECS, is_picture_name  # noqa: PLC0415
    from emotions.video.result_files import READING_FILES  # noqa: PLC0415 - OpenCV, as above

    output, readings = options["output"], options["readings"]
    if readings and readings.suffix.lower() not in READING_FILES:
        raise CommandError(f"--readings {readings}: name a {' or '.join(READING_FILES)} file.")
    if output and not source.pictures and output.suffix.lower() not in CODECS:
        raise CommandError(f"--output {output}: name a {' or '.join(CODECS)} file.")
    is_one = source.pictures and Path(options["source"]).is_file()
    is_folder = output and not output.is_file() and (not output.suffix or output.is_dir())
    if output and is_one and not (is_folder or is_picture_name(output)):
        raise CommandError(f"--output {output}: for an image, name a folder or a file such as {output.stem}.jpg.")
    if output and source.pictures and not is_one and not is_folder:
        raise CommandError(f"--output {output}: for a folder of images, name a folder.")
    if source.pictures and options["view"] is not None:
        raise CommandError("--view shows cameras and videos; give images an --output folder.")
    origin = Path(options["source"]).resolve()
    written = output.resolve() if output else None
    # A picture keeps its name, so writing it next to a single source would overwrite that.
    is_same_folder = origin.is_file() and origin.parent == written
    if written and not source.live and (is_same_folder or origin in (written, *written.parents)):
        raise CommandError(f"--output {output} would overwrite the source.")


def _summary(tally: "Tally", options: dict[str, Any]) -> str:
    files = [str(path) for path in (options["output"], _readings_path(options)) if path]
    where = f" in {' and '.join(files)}" if files and tally.frames else ""
    return f"{tally.frames} frames, {tally.readings} readings{where}."


@contextmanager
def _progress(count: int | None, *, shown: bool) -> Iterator[Callable[[], None]]:
    """Show a progress bar on a terminal if the number of frames is known; yields the function to call per frame."""
    if count is None or not shown or not sys.stderr.isatty():
        yield lambda: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("frames", total=count)
        yield lambda: bar.advance(task)


@contextmanager
def _interrupted_by_signals() -> Iterator[threading.Event]:
    """Make SIGTERM and SIGHUP work like Ctrl-C, so that a video is completed and can be played.

    The interrupt ends a wait for the camera. Python swallows one that arrives during a destructor, so the yielded event
    records it, too.
    """
    interrupted = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield interrupted
        return

    def interrupt(number: int, frame: object) -> None:
        interrupted.set()
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in TERMINATING_SIGNALS}
    try:
        yield interrupted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# SIGHUP: the terminal was closed; Windows has no such signal.
TERMINATING_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise ArgumentTypeError(f"{text!r} is not a port.")
    return int(text)
