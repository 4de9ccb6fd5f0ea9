"""Which models are newer than those that were seen before."""

from collections.abc import Callable, Iterator

from anthropic_models_generated.models import BetaModelInfo

from .._sync.listing import Page
from ..errors import BadRequestError, NotFoundError
from .memory import Memory

List = Callable[..., Page]
"""`client.models.list`."""


def first_memory(list_models: List) -> Memory:
    """Return a memory of what is there now."""
    memory = Memory()
    for model in reversed(list_models().data):
        memory.add_newest(model)
    return memory


def newer(list_models: List, memory: Memory) -> Iterator[BetaModelInfo]:
    """Yield what is newer than the newest that is remembered, in the order of release.

    Each model is in the memory when the next one is asked for; what is in it is not yielded.
    """
    if memory.newest_id is not None:
        try:
            for model in list_models(before_id=memory.newest_id):
                yield from _unseen(model, memory)
            return
        except (NotFoundError, BadRequestError):
            pass  # the newest one that we know is gone
    now_newest, found = _newest_first(list_models, memory)
    for model in reversed(found):
        yield from _unseen(model, memory)
    memory.newest_id = memory.newest_date = None
    if now_newest is not None:
        memory.add_newest(now_newest)


def _unseen(model: BetaModelInfo, memory: Memory) -> Iterator[BetaModelInfo]:
    if model.id not in memory.seen:
        yield model
    memory.add_newest(model)


def _newest_first(
    list_models: List, memory: Memory
) -> tuple[BetaModelInfo | None, list[BetaModelInfo]]:
    """Return the newest model there is, and all that are newer than any that was seen."""
    found: list[BetaModelInfo] = []
    newest: BetaModelInfo | None = None
    for model in list_models():
        newest = newest or model
        if model.id in memory.seen:
            return newest, found
        found.append(model)
    # Nothing that was seen is left, so only the dates can tell.
    date = memory.newest_date
    return newest, [model for model in found if date is None or model.created_at >= date]
