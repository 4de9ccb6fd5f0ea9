"""The state file of `watch`: the ids of the models that it has seen."""

import errno
import json
import os
import secrets
import shutil
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from .command_error import CommandError

Seen = dict[str, None]
"""An ordered set of ids."""


class StateFile:
    """A file that is replaced atomically, so that it is never half written."""

    def __init__(self, path: Path) -> None:
        self._path = Path(os.path.realpath(path))  # of a symlink, the target is replaced

    def load(self) -> Seen | None:
        """Return the ids in the file; None when it is missing or empty.

        Rewrites the file, so that one that cannot be written is an error before any model is
        printed. Raises CommandError.
        """
        try:
            if self._path.exists() and not stat.S_ISREG(self._path.stat().st_mode):
                raise self._error("is not a regular file")
            text = self._path.read_text("utf-8") if self._path.exists() else ""
            seen = _parsed(text) if text.strip() else None
        except OSError as error:
            raise self._error(f"cannot be read: {error.strerror}") from None
        except (ValueError, TypeError, LookupError, RecursionError):
            raise self._error("is not a state file; it is not changed") from None
        self._write(text)
        return seen

    def save(self, seen: Seen) -> None:
        """Replace the file; raises CommandError."""
        self._write(json.dumps({"seen": list(seen)}, indent=1) + "\n")

    def _write(self, text: str) -> None:
        try:
            self._replace(text)
        except OSError as error:
            hint = "; is the file a mount point? mount its folder instead"
            hint = hint if error.errno == errno.EBUSY else ""
            raise self._error(f"cannot be written: {error.strerror}{hint}") from None

    def _replace(self, text: str) -> None:
        temporary = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}")
        try:
            with open(temporary, "x", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileNotFoundError):
                shutil.copymode(self._path, temporary)
            os.replace(temporary, self._path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise

    def _error(self, reason: str) -> CommandError:
        return CommandError(f"the state file {self._path} {reason}", exit_code=2)


def _parsed(text: str) -> Seen:
    ids: Any = json.loads(text)["seen"]
    if not isinstance(ids, list):
        raise TypeError("seen should be a list")
    seen = cast("list[object]", ids)
    if not all(isinstance(id_, str) and id_ for id_ in seen):
        raise TypeError("an id should be a string that is not empty")
    return dict.fromkeys(cast("list[str]", seen))
