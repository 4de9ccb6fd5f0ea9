"""The commands and their options, for typer; each returns the action to run."""

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import typer

from .._version import __version__
from .betas import known_betas, print_betas
from .common_options import CommonOptions
from .stdio import write_line

PROGRAM = "anthropic-models"

Action = Callable[[], int]

app = typer.Typer(
    help="Lists the models of the Anthropic API. The API key is read from ANTHROPIC_API_KEY.",
    epilog="Example: anthropic-models list --match sonnet",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


def _number(value: float) -> float:
    if math.isnan(value):  # typer's min and max let it pass
        raise typer.BadParameter("nan is not a number of seconds")
    return value


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
    typer.Option(metavar="URL", help="The URL of the API (default: ANTHROPIC_BASE_URL)."),
]
AllowInsecureHttp = Annotated[
    bool,
    typer.Option("--allow-insecure-http", help="Allow http:// to other machines, unencrypted."),
]
Verbose = Annotated[bool, typer.Option("--verbose", help="Log each request to stderr.")]


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
        for line in context.get_help().splitlines():
            write_line(line)
        raise typer.Exit(2)


@app.command(
    "list", epilog="Example: anthropic-models list --match sonnet --format id --max-items 1"
)
def list_models(
    format_: Annotated[
        Literal["table", "json", "jsonl", "csv", "id"] | None,
        typer.Option(
            "--format",
            "--output",
            metavar="FORMAT",
            help="table, json, jsonl (the default in a pipe), csv or id.",
        ),
    ] = None,
    match: Annotated[
        str, typer.Option(metavar="TEXT", help="Only models with TEXT in the id or the name.")
    ] = "",
    limit: Annotated[
        int | None,
        typer.Option(min=1, max=1000, metavar="N", help="Models per request (default: 1000)."),
    ] = None,
    max_items: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Print at most N models, of those that match."),
    ] = None,
    after_id: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Only models after this one, the older ones."),
    ] = None,
    before_id: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Only models before this one, the newer ones."),
    ] = None,
    betas: Betas = None,
    base_url: BaseUrl = None,
    allow_insecure_http: AllowInsecureHttp = False,
    sandbox: Annotated[
        bool,
        typer.Option("--sandbox", help="List from a local mock server; needs no key."),
    ] = False,
    verbose: Verbose = False,
) -> Action:
    """List the models, more recently released ones first."""
    from .list import ListCommand

    if after_id is not None and before_id is not None:
        raise typer.BadParameter("give --after-id or --before-id, not both")
    if sandbox and base_url is not None:
        raise typer.BadParameter("give --base-url or --sandbox, not both")
    return ListCommand(
        CommonOptions(base_url, allow_insecure_http, betas or [], verbose, sandbox),
        format=format_,
        match=match,
        limit=limit,
        max_items=max_items,
        after_id=after_id,
        before_id=before_id,
    )


@app.command(epilog="Example: anthropic-models watch --state seen.json --exec 'mail -s new me'")
def watch(
    interval: Annotated[
        float,
        typer.Option(
            min=0.1, max=86400, callback=_number, metavar="SECONDS", help="How often to list."
        ),
    ] = 60,
    command: Annotated[
        str | None,
        typer.Option(
            "--exec",
            metavar="CMD",
            help="Run this for each new model, passed as JSON on stdin.",
        ),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep the ids of seen models in this file."),
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="List once and end, e.g. for cron; needs --state.")
    ] = False,
    format_: Annotated[
        Literal["line", "jsonl", "id"] | None,
        typer.Option(
            "--format",
            "--output",
            metavar="FORMAT",
            help="line, jsonl (the default in a pipe) or id.",
        ),
    ] = None,
    betas: Betas = None,
    base_url: BaseUrl = None,
    allow_insecure_http: AllowInsecureHttp = False,
    verbose: Verbose = False,
) -> Action:
    """Print each new model when it appears.

    The models that exist at the start are printed only if a state file lacks them.
    """
    from .watch import WatchCommand

    if once and state is None:
        raise typer.BadParameter("--once needs --state, or it would never find anything new")
    return WatchCommand(
        CommonOptions(base_url, allow_insecure_http, betas or [], verbose),
        interval=interval,
        command=command,
        state_path=state,
        once=once,
        format=format_,
    )


@app.command("betas", epilog="Example: anthropic-models betas | grep context")
def list_betas() -> Action:
    """Print the known beta features, one on each line."""
    return print_betas


@app.command(epilog="Example: anthropic-models sandbox --models 3000 --delay 0.2 --fail 529:2")
def sandbox(
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="P", help="The port; 0 is any free one.")
    ] = 0,
    host: Annotated[
        str, typer.Option(metavar="H", help="The address to listen on.")
    ] = "127.0.0.1",
    models: Annotated[
        int | None,
        typer.Option(min=0, max=1_000_000, metavar="N", help="Make up N models."),
    ] = None,
    delay: Annotated[
        float,
        typer.Option(
            min=0, max=3600, callback=_number, metavar="S", help="Seconds before every response."
        ),
    ] = 0,
    fail: Annotated[
        list[str] | None,
        typer.Option(metavar="STATUS[:N]", help="Fail N requests (default: 1); may be repeated."),
    ] = None,
    drop: Annotated[
        int, typer.Option(min=0, metavar="N", help="After the failures, reset N connections.")
    ] = 0,
) -> Action:
    """Run a local mock server of the API; it prints its address."""
    from .sandbox import SandboxCommand

    return SandboxCommand(
        models=models,
        host=host,
        port=port,
        delay=delay,
        failures=[_planned_failure(text) for text in fail or []],
        drop=drop,
    )


def _planned_failure(text: str) -> tuple[int, int]:
    status, _, times = text.partition(":")
    if not re.fullmatch("[45][0-9][0-9]", status) or not re.fullmatch("|[1-9][0-9]{0,8}", times):
        raise typer.BadParameter(
            f"'{text}' is not STATUS or STATUS:N, such as 529 or 529:2; STATUS is 400 to 599",
            param_hint="'--fail'",
        )
    return int(status), int(times or 1)
