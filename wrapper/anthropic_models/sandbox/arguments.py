"""Checks numbers given as arguments to the sandbox."""

import math


def checked_seconds(name: str, value: object) -> float:
    """Return a number of seconds; raises TypeError or ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number of seconds, not {value!r}")
    if not 0 <= value < math.inf:
        raise ValueError(f"{name} must be 0 seconds or more, not {value!r}")
    return value


def checked_int(name: str, value: object, least: int, most: int | None) -> int:
    """Return an int within bounds; raises TypeError or ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, not {value!r}")
    if value < least or (most is not None and value > most):
        bounds = f"at least {least}" if most is None else f"{least} to {most}"
        raise ValueError(f"{name} must be {bounds}, not {value}")
    return value
