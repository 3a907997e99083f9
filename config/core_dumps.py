"""Keeps pictures and passwords out of core dumps."""

import ctypes
import resource
import sys

PR_SET_DUMPABLE = 4


def forbid() -> None:
    """Forbid core dumps of this process and of those that it forks.

    The size limit alone is not enough: the kernel ignores it when it pipes dumps to a program. Other processes of the
    same user cannot trace a process that is not dumpable, either.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
