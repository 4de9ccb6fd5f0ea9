"""The path of openapi.yaml, which is a part of the wheel."""

import atexit
from contextlib import ExitStack
from functools import cache
from pathlib import Path


@cache
def openapi_path() -> Path:
    """Return the path of openapi.yaml, the document that this package was generated from.

    In a zip application it is a temporary copy, which is removed when the process ends.
    """
    from importlib.resources import as_file, files

    packaged = files(__name__.rpartition(".")[0]).joinpath("openapi.yaml")
    if not packaged.is_file():  # in a checkout, openapi.yaml is at the root
        return Path(__file__).parents[2] / "openapi.yaml"
    copies = ExitStack()
    atexit.register(copies.close)
    return copies.enter_context(as_file(packaged))
