"""What this process may leave behind: sockets and threads."""

import os
import threading

_DESCRIPTORS = "/proc/self/fd"


def open_sockets() -> set[str]:
    """Return the sockets that are open, where the system lists them."""
    found: set[str] = set()
    for descriptor in os.listdir(_DESCRIPTORS) if os.path.isdir(_DESCRIPTORS) else ():
        try:
            found.add(os.readlink(f"{_DESCRIPTORS}/{descriptor}"))
        except OSError:
            continue  # the descriptor of the listing itself
    return {target for target in found if target.startswith("socket:")}


def running_threads() -> set[threading.Thread]:
    """Return the threads that run."""
    # trio keeps the threads in which it has resolved names, for a while.
    return {thread for thread in threading.enumerate() if "Trio thread" not in thread.name}
