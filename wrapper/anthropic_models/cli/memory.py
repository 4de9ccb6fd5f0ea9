"""What a watch remembers, and the file that it keeps that in."""

import datetime
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, cast

from anthropic_models_generated.models import BetaModelInfo
from attrs import define, field

from .failures import CommandError


@define
class Memory:
    """The models that have been seen, and the newest of them."""

    newest_id: str | None = None
    newest_date: datetime.datetime | None = None
    seen: dict[str, None] = field(factory=dict[str, None])  # a set that keeps its order

    def add(self, model: BetaModelInfo) -> None:
        """Remember a model."""
        self.seen[model.id] = None

    def add_newest(self, model: BetaModelInfo) -> None:
        """Remember a model that is newer than all others."""
        self.add(model)
        self.newest_id, self.newest_date = model.id, model.created_at

    def as_json(self) -> str:
        """Return what `from_json` reads."""
        date = self.newest_date and self.newest_date.isoformat()
        newest = {"id": self.newest_id, "created_at": date} if self.newest_id else None
        return json.dumps({"newest": newest, "seen": list(self.seen)}, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return what `as_json` wrote; raises ValueError, TypeError or LookupError."""
        content: dict[str, Any] = json.loads(text)
        memory = cls(seen=dict.fromkeys(map(_checked_id, _checked_list(content["seen"]))))
        newest: dict[str, Any] | None = content["newest"]
        if newest is not None:
            memory.newest_id = _checked_id(newest["id"])
            memory.newest_date = datetime.datetime.fromisoformat(newest["created_at"])
            if memory.newest_date.tzinfo is None:
                raise ValueError("a date without an offset")
        return memory


def _checked_id(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"{value!r} is no id")
    return value


def _checked_list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return cast(list[object], value)


class StateFile:
    """Keeps a memory in a file, which is always whole: it is replaced, never rewritten."""

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()  # a link stays a link

    def load(self) -> Memory | None:
        """Return what the file holds; None when there is none. Raises CommandError."""
        if not os.access(self._path.parent, os.W_OK):
            # Better told now than at the first new model.
            raise self._failure("cannot be written: its folder is missing, or read-only")
        try:
            return Memory.from_json(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except OSError as error:
            reason = f"cannot be read: {error.strerror}"
        except (ValueError, TypeError, LookupError, RecursionError):
            reason = "is damaged, or holds something else; it is left as it is"
        raise self._failure(reason)

    def save(self, memory: Memory) -> None:
        """Replace the file; raises CommandError."""
        try:
            self._replace(memory.as_json())
        except OSError as error:
            reason = error.strerror
        else:
            return
        raise self._failure(f"cannot be written: {reason}")

    def _failure(self, reason: str) -> CommandError:
        return CommandError(f"the state file {self._path} {reason}", exit_code=2)

    def _replace(self, text: str) -> None:
        descriptor, name = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=self._path.parent)
        try:
            with open(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(descriptor)
            os.replace(name, self._path)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise
