"""results.json: the committed ratios, for `make bench-check` and the chart."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.goals import Outcome

_NAME = "results.json"


def write(folder: Path, outcomes: Iterable[Outcome]) -> None:
    """Write the outcome of each claim."""
    claims = {one.claim.key: _as_json(one) for one in outcomes}
    (folder / _NAME).write_text(json.dumps(claims, indent=1, ensure_ascii=False) + "\n", "utf-8")


def committed(folder: Path) -> dict[str, float]:
    """Return the ratio of each claim."""
    claims: dict[str, dict[str, Any]] = json.loads((folder / _NAME).read_text("utf-8"))
    return {key: claim["ratio"] for key, claim in claims.items()}


def _as_json(one: Outcome) -> dict[str, Any]:
    claim = one.claim
    return {
        "work": claim.work,
        "figure": claim.figure,
        "versus": claim.versus,
        "goal": claim.goal,
        "ratio": float(f"{one.ratio:.3g}"),  # as RESULTS.md has it
        "met": one.met,
    }
