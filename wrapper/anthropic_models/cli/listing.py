"""`anthropic-models list`."""

from collections.abc import Iterator

from anthropic_models_generated.models import BetaModelInfo
from attrs import frozen

from .._sync.client import Client
from ..errors import AnthropicModelsError
from .connection import connected, usage_checked
from .failures import tell
from .formats import FORMATS, Batches
from .output import emit, is_for_a_terminal
from .progress import Progress
from .signals import Signals


@frozen
class Listing:
    """What to list, and how."""

    format: str | None
    match: str | None
    limit: int | None
    max_items: int | None
    after_id: str | None
    before_id: str | None
    betas: list[str]
    base_url: str | None
    sandbox: bool

    def __call__(self, _signals: Signals) -> int:
        """List; return the exit code."""
        terminal = is_for_a_terminal()
        chosen = self.format or ("table" if terminal else "jsonl")
        with connected(base_url=self.base_url, betas=self.betas, sandbox=self.sandbox) as client:
            progress = Progress()
            batches = self._batches(client, progress)
            if chosen == "table":
                _print_table(batches, progress)
                return 0
            with progress:
                for text in FORMATS[chosen](batches, terminal):
                    with progress.paused():
                        emit(text)
        return 0

    def _batches(self, client: Client, progress: Progress) -> Iterator[list[BetaModelInfo]]:
        """Yield the models of page after page in walking order: away from the cursor."""
        remaining = self.max_items
        seen = number = 0
        try:
            with usage_checked():
                first = client.models.list(
                    after_id=self.after_id,
                    before_id=self.before_id,
                    limit=self.limit,
                    max_items=None if self.match else self.max_items,
                )
            for number, page in enumerate(first.iter_pages(), start=1):
                seen += len(page.data)
                progress.reached(seen, number)
                ordered = page._items()  # pyright: ignore[reportPrivateUsage] - of this package
                models = [model for model in ordered if self._matches(model)][:remaining]
                yield models
                if remaining is not None:
                    remaining -= len(models)
                    if remaining == 0:
                        return
        except AnthropicModelsError as error:
            if number == 0:
                error.resume = None  # all of it is still to do, with the options as they are
            elif error.resume is not None and remaining is not None:
                error.resume["max_items"] = remaining
            raise

    def _matches(self, model: BetaModelInfo) -> bool:
        text = (self.match or "").casefold()
        return text in model.id.casefold() or text in model.display_name.casefold()


def _print_table(batches: Batches, progress: Progress) -> None:
    from .table import print_table

    models: list[BetaModelInfo] = []
    try:
        with progress:
            for batch in batches:
                models += batch
    except AnthropicModelsError:
        if models:  # what came is worth to be seen
            print_table(models)
        raise
    if models:
        print_table(models)
    else:
        tell("there are no such models")
