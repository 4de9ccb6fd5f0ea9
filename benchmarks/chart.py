"""Draws results.json as results.svg; run by an interpreter that has matplotlib."""

import json
from pathlib import Path

import matplotlib
from matplotlib import pyplot
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

HERE = Path(__file__).resolve().parent
MET, MISSED = "#0072B2", "#E69F00"  # also for the colour-blind
INK, PALE = "#1d2733", "#c9d1dc"
LEAST = 0.01

matplotlib.use("Agg")
matplotlib.rcParams.update(
    {"svg.hashsalt": "results", "font.size": 9, "font.family": "DejaVu Sans"}
)


def main() -> None:
    """Draw one bar for each claim: from 1, where both are equal, to our ratio."""
    claims = json.loads((HERE / "results.json").read_text("utf-8"))
    figure, axes = pyplot.subplots(figsize=(12, 0.36 * len(claims) + 1.6), layout="constrained")
    for place, claim in enumerate(claims.values()):
        ratio = max(claim["ratio"], LEAST)
        color = MET if claim["met"] else MISSED
        axes.barh(place, ratio - 1, left=1, height=0.62, color=color, zorder=2)
        axes.plot([claim["goal"]] * 2, [place - 0.42, place + 0.42], color=INK, lw=2.2, zorder=4)
        faster = ratio <= 1
        axes.annotate(
            f"{claim['ratio']:.2g}",
            (min(ratio, claim["goal"]) if faster else max(ratio, claim["goal"]), place),
            xytext=(-5 if faster else 5, 0),
            textcoords="offset points",
            ha="right" if faster else "left",
            va="center",
            color=INK,
            fontweight="bold",
        )
    axes.set_yticks(range(len(claims)), [label(key, claim) for key, claim in claims.items()])
    axes.invert_yaxis()
    axes.margins(y=0.01)
    axes.set_xscale("log")
    axes.set_xlim(LEAST, 1.6 * max(2.5, *(claim["ratio"] for claim in claims.values())))
    axes.set_xticks(ticks := [0.01, 0.03, 0.1, 0.3, 1, 3], [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.axvline(1, color=INK, lw=1, zorder=3)
    axes.grid(axis="x", color=PALE, lw=0.8, zorder=0)
    axes.tick_params(length=0)
    axes.set_xlabel("ours / theirs (logarithmic; to the left is better, 1 is equal)")
    axes.spines[:].set_visible(False)
    axes.set_title("anthropic-models-client, side by side", loc="left", fontweight="bold")
    marks = [Patch(color=MET), Patch(color=MISSED), Line2D([], [], color=INK, lw=2.2)]
    names = ["goal met", "goal not met", "goal"]
    figure.legend(marks, names, loc="outside upper right", ncols=3, frameon=False)
    figure.savefig(HERE / "results.svg", metadata={"Date": None, "Creator": None})


def label(key: str, claim: dict[str, str]) -> str:
    """Return the name of a bar."""
    figure = "" if claim["figure"] == "time" else f", {claim['figure']}"
    return f"{claim['work']}{figure} / {claim['versus']}   {key}".replace("`", "")


if __name__ == "__main__":
    main()
