"""The command `list`."""

import shlex
from collections.abc import Iterator

from attrs import frozen

from .. import AnthropicModelsError, BetaModelInfo, Client
from .command_error import CommandError
from .common_options import CommonOptions, argument_errors_reported
from .formats import FORMATS, ModelPages
from .progress import Progress
from .stdio import report, stdout_is_terminal, write


@frozen
class ListCommand:
    """The options of `list`."""

    common_options: CommonOptions
    format: str | None
    match: str
    limit: int | None
    max_items: int | None
    after_id: str | None
    before_id: str | None

    def __call__(self) -> int:
        """List models; return the exit code."""
        is_terminal = stdout_is_terminal()
        chosen = self.format or ("table" if is_terminal else "jsonl")
        with self.common_options.open_client() as client:
            progress = Progress(enabled=not self.common_options.verbose)
            pages = self._pages(client, progress)
            if chosen == "table":
                _print_table(pages, progress)
                return 0
            with progress:
                for text in FORMATS[chosen](pages, is_terminal):
                    with progress.paused():
                        write(text)
        return 0

    def _pages(self, client: Client, progress: Progress) -> Iterator[list[BetaModelInfo]]:
        """Yield the models of each page, the one nearest to the cursor first."""
        remaining = self.max_items
        models = pages = 0
        try:
            with argument_errors_reported():
                first = client.models.list(
                    after_id=self.after_id,
                    before_id=self.before_id,
                    limit=self.limit,
                    max_items=None if self.match else self.max_items,
                )
            for page in first.iter_pages():
                models += len(page.data)
                pages += 1
                progress.update(models, pages)
                ordered = page.data if self.before_id is None else page.data[::-1]
                matching = [model for model in ordered if self._matches(model)][:remaining]
                yield matching
                if remaining is not None:
                    remaining -= len(matching)
                    if remaining == 0:
                        return
        except AnthropicModelsError as error:
            if pages == 0 or not error.resume:
                raise
            options = {**error.resume, **({"max_items": remaining} if remaining else {})}
            raise CommandError(
                f"{error.description}; resume with {_as_options(options)}", exit_code=1
            ) from error

    def _matches(self, model: BetaModelInfo) -> bool:
        text = self.match.casefold()
        return text in model.id.casefold() or text in model.display_name.casefold()


def _as_options(arguments: dict[str, object]) -> str:
    return " ".join(
        f"--{name.replace('_', '-')} {shlex.quote(str(value))}"
        for name, value in arguments.items()
    )


def _print_table(pages: ModelPages, progress: Progress) -> None:
    from .table import print_table

    models: list[BetaModelInfo] = []
    try:
        with progress:
            for page in pages:
                models += page
    except CommandError:
        if models:  # listed before the failure
            print_table(models)
        raise
    if models:
        print_table(models)
    else:
        report("no models found")
