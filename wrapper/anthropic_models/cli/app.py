"""The commands and their options; each returns what is to be done."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import typer
from anthropic_models_generated.models import KnownAnthropicBeta

from .._version import __version__
from .output import emit
from .signals import Signals

Action = Callable[[Signals], int]

app = typer.Typer(
    help="Lists the models of the Anthropic API. The API key is read from ANTHROPIC_API_KEY.",
    epilog="Example: anthropic-models list --match sonnet",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def known_betas(incomplete: str) -> list[str]:
    """Complete the beginning of a beta."""
    return [beta.value for beta in KnownAnthropicBeta if beta.value.startswith(incomplete)]


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"anthropic-models {__version__}")
        raise typer.Exit


Betas = Annotated[
    list[str] | None,
    typer.Option(
        "--beta",
        metavar="BETA",
        autocompletion=known_betas,
        help="Use this beta feature; may be repeated.",
    ),
]
BaseUrl = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Where the API is (default: ANTHROPIC_BASE_URL)."),
]


@app.callback(invoke_without_command=True)
def anthropic_models(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Show the help when no command is given."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)


@app.command(
    "list", epilog="Example: anthropic-models list --match sonnet --format id --max-items 1"
)
def list_models(
    format_: Annotated[
        Literal["table", "json", "jsonl", "csv", "id"] | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="table, json, jsonl (the default in a pipe), csv or id.",
        ),
    ] = None,
    match: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Only models with TEXT in the id or the name."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(min=1, max=1000, metavar="N", help="Models per request (default: 1000)."),
    ] = None,
    max_items: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Print no more than N models, of those that match."),
    ] = None,
    after_id: Annotated[
        str | None, typer.Option(metavar="ID", help="What comes after: older and older models.")
    ] = None,
    before_id: Annotated[
        str | None, typer.Option(metavar="ID", help="What comes before: newer and newer models.")
    ] = None,
    betas: Betas = None,
    base_url: BaseUrl = None,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="List a stand-in for the API; needs no key.")
    ] = False,
) -> Action:
    """List the models, more recently released ones first."""
    from .listing import Listing

    if after_id is not None and before_id is not None:
        raise typer.BadParameter("give --after-id or --before-id, not both")
    return Listing(
        format=format_,
        match=match,
        limit=limit,
        max_items=max_items,
        after_id=after_id,
        before_id=before_id,
        betas=betas or [],
        base_url=base_url,
        sandbox=sandbox,
    )


@app.command(epilog="Example: anthropic-models watch --state seen.json --exec 'mail -s new me'")
def watch(
    interval: Annotated[
        float,
        typer.Option(min=0.1, max=86400, metavar="SECONDS", help="How often to ask."),
    ] = 60,
    command: Annotated[
        str | None,
        typer.Option(
            "--exec", metavar="CMD", help="Run this for each new model, given as JSON on stdin."
        ),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Remember here what was seen, for the next start."),
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Ask once and end, e.g. for cron; needs --state.")
    ] = False,
    format_: Annotated[
        Literal["line", "jsonl", "id"] | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="line, jsonl (the default in a pipe) or id.",
        ),
    ] = None,
    betas: Betas = None,
    base_url: BaseUrl = None,
) -> Action:
    """Print each new model when it appears.

    What is there at the start is not new, unless a state file knows better.
    """
    from .watching import Watch

    if once and state is None:
        raise typer.BadParameter("--once needs --state, or it would never find anything new")
    return Watch(
        interval=interval,
        command=command,
        state_path=state,
        once=once,
        format=format_,
        betas=betas or [],
        base_url=base_url,
    )


@app.command("betas", epilog="Example: anthropic-models betas | grep context")
def list_betas() -> Action:
    """Print the beta features that are known, one a line."""

    def print_betas(_signals: Signals) -> int:
        emit("".join(f"{beta.value}\n" for beta in KnownAnthropicBeta))
        return 0

    return print_betas


@app.command(epilog="Example: anthropic-models sandbox --models 3000 --delay 0.2 --fail 529:2")
def sandbox(
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="P", help="The port; 0 is any free one.")
    ] = 0,
    host: Annotated[
        str, typer.Option(metavar="H", help="The address to listen at.")
    ] = "127.0.0.1",
    models: Annotated[
        int | None,
        typer.Option(min=0, max=1_000_000, metavar="N", help="Make N models up."),
    ] = None,
    delay: Annotated[
        float, typer.Option(min=0, max=3600, metavar="S", help="Seconds before every answer.")
    ] = 0,
    fail: Annotated[
        list[str] | None,
        typer.Option(metavar="STATUS[:N]", help="Fail the first N (1) requests; may be repeated."),
    ] = None,
    drop: Annotated[
        int,
        typer.Option(min=0, metavar="[N]", help="Then cut the connection of N (1) requests."),
    ] = 0,
) -> Action:
    """Run a stand-in for the API; it prints its address."""
    from .serving import Serving

    return Serving(
        models=models,
        host=host,
        port=port,
        delay=delay,
        failures=[_planned_failure(text) for text in fail or []],
        drops=drop,
    )


def _planned_failure(text: str) -> tuple[int, int]:
    status, _, times = text.partition(":")
    if not re.fullmatch("[45][0-9][0-9]", status) or not re.fullmatch("|[1-9][0-9]{0,8}", times):
        raise typer.BadParameter(
            f"'{text}' is not like 529 or 529:2, a status from 400 and how often",
            param_hint="'--fail'",
        )
    return int(status), int(times or 1)
