"""Claims about the measurements: ratios, goals, and what counts as worse."""

from collections.abc import Callable
from statistics import median, quantiles

from attrs import field, frozen

from benchmarks.processes import Sample

Measured = dict[str, list[Sample]]
"""The samples of each contestant of a case, in the order of the rounds."""

TOLERATED = 1.25  # times the committed ratio

OURS = "ours"


@frozen
class Figures:
    """The medians of what was measured."""

    measured: Measured

    def __call__(self, contestant: str, what: str) -> float:
        """Return the median of one figure of a contestant."""
        return median(sample[what] for sample in self.measured[contestant])

    def last(self, contestant: str, what: str) -> float:
        """Return a figure of a contestant's last round."""
        return self.measured[contestant][-1][what]

    def rounds(self) -> "list[Figures]":
        """Return each round by itself."""
        together = zip(*self.measured.values(), strict=True)
        return [
            Figures({name: [sample] for name, sample in zip(self.measured, samples, strict=True)})
            for samples in together
        ]


Figure = Callable[[Figures], float]


def of(contestant: str, what: str = "seconds") -> Figure:
    """Return a function that looks up the median of a figure."""
    return lambda figures: figures(contestant, what)


@frozen
class Claim:
    """The claim that `ours` is at most `goal` times `theirs`.

    `key` names it in the results: the number of its row, and a letter.
    """

    key: str
    work: str
    versus: str
    goal: float
    ours: Figure
    theirs: Figure
    figure: str = "time"

    @property
    def row(self) -> int:
        """The number of its row."""
        return int(self.key.rstrip("abcdefghijklmnopqrstuvwxyz"))


@frozen
class Note:
    """A sentence beside the claims: which share of our time something else takes."""

    what: str
    ours: Figure
    theirs: Figure

    def text(self, measured: Measured) -> str:
        """Return the sentence."""
        figures = Figures(measured)
        return self.what.format(share=f"{self.theirs(figures) / self.ours(figures):.0%}")


@frozen
class Outcome:
    """Whether a claim holds."""

    claim: Claim
    ratio: float  # the median of the rounds' own ratios
    spread: tuple[float, float]  # their quartiles
    rounds: int
    failures: dict[str, int] = field(factory=dict[str, int])  # listings that raised, by contestant

    @property
    def met(self) -> bool:
        """Whether the goal is met, with no failure on our side."""
        return self.ratio <= self.claim.goal and not self.failures.get(OURS)


def outcome(claim: Claim, measured: Measured) -> Outcome:
    """Compare a claim with what was measured."""
    ratios = [_ratio(claim, alone) for alone in Figures(measured).rounds()]
    low, ratio, high = (
        quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else ratios * 3
    )
    failures = {
        name: int(sum(sample.get("errors", 0) for sample in samples))
        for name, samples in measured.items()
    }
    failures = {name: count for name, count in failures.items() if count}
    return Outcome(claim, ratio, (low, high), len(ratios), failures)


def is_worse(fresh: float, committed: float) -> bool:
    """Return whether a ratio is more than a quarter above the committed one."""
    return fresh > committed * TOLERATED


def _ratio(claim: Claim, figures: Figures) -> float:
    return claim.ours(figures) / claim.theirs(figures)
