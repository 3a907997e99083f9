"""Runs a program whose user can mend a wrong file or model: it then ends with one line instead of a traceback."""

import sys
from collections.abc import Callable


def run_program(main: Callable[[], object]) -> None:
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except (LookupError, RuntimeError, ValueError) as error:
        # Only now: programs set the number of threads before NumPy and OpenCV are loaded.
        from emotions.registry import DamagedModel, UnknownModel  # noqa: PLC0415
        from emotions.training.fer_files import DatasetError  # noqa: PLC0415
        from emotions.video.capture import UnusableSource  # noqa: PLC0415

        if isinstance(error, DatasetError | UnusableSource | UnknownModel | DamagedModel):
            sys.exit(str(error))
        raise
