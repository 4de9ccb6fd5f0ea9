"""Rows 1 to 4: a program that starts, lists, and ends."""

from benchmarks.contestant_programs import (
    COMMAND_LINE,
    HTTPX,
    HTTPX_BESIDE_CLICK,
    OFFICIAL_SDK,
    STOCK,
    WRAPPER,
)
from benchmarks.goals import OURS, Claim, Note, of
from benchmarks.measuring import Case
from benchmarks.processes import CONTESTANTS, importing, listing, printing

MODELS = 60


def imports(*, quick: bool) -> Case:
    """Row 1: the import alone, without the start of Python."""
    work = "`from anthropic_models import Client`"
    return Case(
        models=0,
        work={
            OURS: importing(WRAPPER, "from anthropic_models import Client"),
            "httpx": importing(HTTPX, "import httpx"),
            "needed": importing(WRAPPER, "import httpx, attrs, anthropic_models_generated.models"),
            "sdk": importing(OFFICIAL_SDK, "import anthropic"),
        },
        claims=[
            Claim("1a", work, "`import httpx`", 1.45, of(OURS), of("httpx")),
            Claim("1b", work, "`import anthropic`", 0.10, of(OURS), of("sdk")),
        ],
        notes=[
            Note(
                "import: httpx, attrs and the generated package, all of which are necessary, "
                "take {share} of our time.",
                of(OURS),
                of("needed"),
            )
        ],
        rounds=25,
        seconds=1 if quick else 25,
        fewest=2 if quick else 3,
    )


def one_shot(*, quick: bool, tls: bool) -> Case:
    """Rows 2 and 3: a process that lists every model, in one request each."""
    bare, wall, memory = ("2b", "3b", "3d") if tls else ("2a", "3a", "3c")
    scheme = "https" if tls else "http"
    work = f"a process that lists {MODELS} models over {scheme}"
    peak = "peak_bytes"
    return Case(
        models=MODELS,
        tls=tls,
        work={
            OURS: listing(WRAPPER, MODELS),
            "httpx": listing(HTTPX, MODELS),
            "generated": listing(STOCK, MODELS),
            "sdk": listing(OFFICIAL_SDK, MODELS),
        },
        claims=[
            Claim(bare, work, "bare httpx", 1.25, of(OURS), of("httpx")),
            Claim(wall, work, "official SDK", 0.135 if tls else 0.12, of(OURS), of("sdk")),
            Claim(
                memory, work, "official SDK", 0.45, of(OURS, peak), of("sdk", peak), "peak memory"
            ),
        ],
        notes=[
            Note(
                f"a process over {scheme}: the client of the stock templates alone, which checks "
                "nothing, takes {share} of our time.",
                of(OURS),
                of("generated"),
            )
        ],
        rounds=25,
        seconds=1 if quick else 45,
        fewest=2 if quick else 3,
    )


def command_line(*, quick: bool) -> Case:
    """Row 4: the command line, where rich and pygments are installed."""
    ours = (str(COMMAND_LINE.environment / "bin/anthropic-models"), "list", "--format", "id")
    theirs = (HTTPX_BESIDE_CLICK.python(), str(CONTESTANTS / "print_ids.py"))
    return Case(
        models=MODELS,
        work={
            OURS: printing(COMMAND_LINE, ours, MODELS),
            "httpx": printing(HTTPX_BESIDE_CLICK, theirs, MODELS),
        },
        claims=[
            Claim(
                "4",
                f"`anthropic-models list --format id`, {MODELS} models",
                "bare httpx beside rich, click and pygments",
                1.0,
                of(OURS),
                of("httpx"),
            )
        ],
        rounds=50,
        seconds=1 if quick else 20,
    )
