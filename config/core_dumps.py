"""No picture and no password ends up in a core dump."""

import ctypes
import resource
import sys

PR_SET_DUMPABLE = 4


def forbid() -> None:
    """Forbid core dumps of this process and of those that it forks.

    The size limit alone is ignored where the kernel pipes dumps to a program. A process that is not dumpable cannot be
    traced by other processes of its user either.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
