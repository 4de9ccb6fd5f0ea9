"""Draws how this client compares with the official SDK, and says it in a sentence of the README.

The ratios are those of results.json. The disk space of both is measured here, and kept in
installed.json.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from benchmarks.contestant_programs import OFFICIAL_SDK, WRAPPER
from benchmarks.processes import Program

HERE = Path(__file__).resolve().parent
CHART = HERE.parent / "docs" / "pictures" / "comparison.svg"
README = HERE.parent / "README.md"
RESULTS = HERE / "results.json"
INSTALLED = HERE / "installed.json"
DISTRIBUTION = "anthropic"

ROWS = {
    "Disk space, with all dependencies": None,
    "Time to import": "1b",
    "Time of a script that lists models": "3b",
    "Memory of that script": "3d",
    "Time to list 20,000 models": "6",
    "Time of 1,000 listings at once": "12a",
}
"""What each bar is about, and its row of results.json; None is what installed.json has."""

MARKERS = ("<!-- comparison -->", "<!-- end of comparison -->")

# The width at which GitHub shows it, so that letters have the size that they have here.
_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 {height}" width="800" height="{height}"
     font-family="DejaVu Sans, Verdana, sans-serif" font-size="15" role="img"
     aria-label="{spoken}">
  <style>
    .card {{ fill: #fff }} .ink {{ fill: #1f2328 }} .pale {{ fill: #59636e }}
    .theirs {{ fill: #d1d9e0 }} .ours {{ fill: #0969da }}
    @media (prefers-color-scheme: dark) {{
      .card {{ fill: #0d1117 }} .ink {{ fill: #f0f6fc }} .pale {{ fill: #9198a1 }}
      .theirs {{ fill: #3d444d }} .ours {{ fill: #4493f8 }}
    }}
  </style>
  <rect class="card" width="800" height="{height}" rx="6"/>
  <text class="ink" x="20" y="32" font-weight="bold">{title}</text>
  <rect class="ours" x="20" y="48" width="14" height="14" rx="2"/>
  <text class="pale" x="42" y="60">anthropic-models-client</text>
  <rect class="theirs" x="260" y="48" width="14" height="14" rx="2"/>
  <text class="pale" x="282" y="60">anthropic {version}, as 100 %</text>
{bars}</svg>
"""
_BAR = """\
  <text class="ink" x="20" y="{text}">{label}</text>
  <rect class="theirs" x="320" y="{top}" width="390" height="20" rx="3"/>
  <rect class="ours" x="320" y="{top}" width="{width}" height="20" rx="3"/>
  <text class="ink" x="722" y="{text}" font-weight="bold">{percent} %</text>
"""


def main() -> None:
    """Measure disk space, draw the chart, and write the sentence."""
    measure()
    CHART.write_text(drawn(), "utf-8")
    README.write_text(rewritten(README.read_text("utf-8")), "utf-8")


def measure() -> None:
    """Write how much disk space both take, each in an environment of its own."""
    # To a tenth of a megabyte: the folders of two file systems differ by a few blocks.
    programs = {"ours": WRAPPER, "official SDK": OFFICIAL_SDK}
    found = {name: round(_size(program), -5) for name, program in programs.items()}
    version = _version(OFFICIAL_SDK)
    content = {"version of the official SDK": version, "bytes": found}
    INSTALLED.write_text(json.dumps(content, indent=1) + "\n", "utf-8")


def shares() -> dict[str, float]:
    """Return what each bar shows: ours divided by theirs."""
    results = json.loads(RESULTS.read_text("utf-8"))
    size = _installed()["bytes"]
    on_disk: float = size["ours"] / size["official SDK"]
    return {
        label: on_disk if row is None else float(results[row]["ratio"])
        for label, row in ROWS.items()
    }


def drawn() -> str:
    """Return the chart."""
    bars = ""
    for number, (label, share) in enumerate(shares().items()):
        top = 84 + 36 * number
        bars += _BAR.format(
            label=label,
            top=top,
            text=top + 15,
            width=round(390 * min(share, 1)),
            percent=_percent(share),
        )
    spoken = ", ".join(f"{label}: {_percent(share)} %" for label, share in shares().items())
    return _SVG.format(
        height=84 + 36 * len(ROWS) + 8,
        bars=bars,
        spoken=f"What this client takes of what the official SDK takes. {spoken}",
        version=_installed()["version of the official SDK"],
        title="This client against the official SDK: shorter is better",
    )


def sentence() -> str:
    """Return what the README says, with the markers around it."""
    installed = _installed()
    ours, theirs = (round(size / 1e6) for size in installed["bytes"].values())
    sdk = f"`anthropic` {installed['version of the official SDK']}"
    _, imports, script, memory, *_ = map(_percent, shares().values())
    return (
        f"{MARKERS[0]}\n"
        f"It takes {ours} MB on disk where {sdk} takes {theirs} MB, and imports in {imports} % of "
        f"the time.\nA script that lists the models once takes {script} % of the time and {memory}"
        f" % of the memory.\n{MARKERS[1]}"
    )


def rewritten(readme: str) -> str:
    """Return the README with the sentence as it is now."""
    before, after = map(re.escape, MARKERS)
    found, count = re.subn(f"{before}.*{after}", lambda _: sentence(), readme, flags=re.S)
    if count != 1:
        raise ValueError(f"README.md should have {MARKERS[0]} … {MARKERS[1]} once")
    return found


def _installed() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(INSTALLED.read_text("utf-8"))
    return content


def _percent(share: float) -> int:
    return round(100 * share)


def _size(program: Program) -> int:
    (folder,) = program.environment.glob("lib/python3*/site-packages")
    subprocess.run([program.python(), "-m", "compileall", "-q", str(folder)], check=True)
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*"))  # as `du` counts


def _version(program: Program) -> str:
    code = f"import importlib.metadata as m; print(m.version({DISTRIBUTION!r}))"
    return subprocess.run(
        [program.python(), "-c", code], check=True, capture_output=True, text=True
    ).stdout.strip()


if __name__ == "__main__":
    main()
