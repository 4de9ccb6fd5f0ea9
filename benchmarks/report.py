"""Writes the outcomes, as lines for the terminal and as RESULTS.md."""

import datetime
from collections.abc import Iterable, Sequence

from benchmarks.goals import OURS, Outcome
from benchmarks.machine import Machine

BUSY = 0.5  # programs that want to run beside ours; with more, ratios are rough

_HEAD = """\
# Results of the benchmarks

Written by `make bench`, never by hand. Each row is work that several contestants do side by side
in one run ([how](README.md)). The ratio is ours divided by theirs, in the median round: **less is
better**, and 0.50 is half of the time or memory. In brackets is the middle half of the rounds.

![This client in percent of the official SDK](../docs/pictures/comparison.svg)

| row | work | figure | compared with | goal | ratio | rounds | met |
|---|---|---|---|---|---|---|---|
"""


def in_a_line(one: Outcome) -> str:
    """Return an outcome as a line for the terminal."""
    claim = one.claim
    mark = "met    " if one.met else "NOT MET"
    line = f"{claim.key:>4} {mark} {one.ratio:6.3f} (goal {claim.goal:g}) {claim.figure}: "
    return f"{line}{claim.work} / {claim.versus}{_failures(one)}"


def written(
    outcomes: Sequence[Outcome], notes: Iterable[str], machine: Machine, minutes: float
) -> str:
    """Return RESULTS.md."""
    today = datetime.datetime.now(datetime.UTC).date()
    missed = [one for one in outcomes if not one.met]
    table = "".join(map(_table_row, outcomes))
    lines = [
        f"{len(outcomes) - len(missed)} of {len(outcomes)} goals are met."
        + (f" Not met: {', '.join(one.claim.key for one in missed)}." if missed else ""),
        "",
        f"- `make bench`, {today}, {minutes:.0f} minutes",
        f"- {machine.processor}; {machine.system}; load {machine.load:.1f} before",
        f"- ours: {', '.join(machine.ours)}",
        f"- official SDK: {', '.join(machine.theirs)}",
        *(f"- {note}" for note in notes),
    ]
    if machine.load > BUSY:
        lines[1:1] = ["", "**The machine was busy with other work**: the ratios are rough."]
    return _HEAD + table + "\n" + "\n".join(lines) + "\n"


def _table_row(one: Outcome) -> str:
    claim = one.claim
    low, high = one.spread
    ratio = f"**{one.ratio:.3g}** ({low:.3g} to {high:.3g})"
    met = ("yes" if one.met else "**no**") + _failures(one)
    cells = [claim.key, claim.work, claim.figure, claim.versus, f"≤ {claim.goal:g}", ratio]
    return "| " + " | ".join([*cells, str(one.rounds), met]) + " |\n"


def _failures(one: Outcome) -> str:
    return "".join(
        f"; {count} listings of {'ours' if name == OURS else name} failed"
        for name, count in one.failures.items()
    )
