"""How much memory this process has taken at most."""

import resource
import sys
from pathlib import Path


def peak_bytes() -> int:
    """Return the peak of the resident memory.

    As Linux counts it, since `getrusage` also counts what the parent had before `exec`.
    """
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    return int(status.split("VmHWM:")[1].split()[0]) * 1024
