"""Rows 9 to 12: a server with latency, callers that work, and many callers at once."""

from benchmarks.contestant_programs import OFFICIAL_SDK, WRAPPER
from benchmarks.goals import OURS, Claim, Figure, of
from benchmarks.measuring import Case
from benchmarks.processes import Job

LATENCY = 0.05  # seconds, of each response
WORK = 0.05  # seconds, of the caller on each page
MODELS = 60


def distant(*, quick: bool) -> Case:
    """Row 9: everybody's defaults, on a connection that is open."""
    work = f"list {MODELS} models at {LATENCY * 1000:.0f} ms, everybody's defaults"
    default = {"limit": None}
    return Case(
        models=MODELS,
        latency=LATENCY,
        work={
            OURS: Job(WRAPPER, "walk", MODELS, default),
            "sdk": Job(OFFICIAL_SDK, "walk", MODELS, default),
        },
        claims=[
            Claim("9a", work, "official SDK", 0.35, of(OURS), of("sdk")),
            Claim(
                "9b", work, "one", 1.0, of(OURS, "requests"), lambda _figures: 1.0, "round trips"
            ),
        ],
        rounds=60,
        seconds=1 if quick else 15,
    )


def read_ahead(*, quick: bool) -> Case:
    """Row 10: a caller that works on each page while the next one is fetched."""
    pages, limit = 6 if quick else 20, 20
    models = pages * limit
    cases: dict[str, Job] = {}
    claims: list[Claim] = []
    for work, verb in (("sleep", "sleeps"), ("compute", "computes")):
        alone = {"pages": pages, "work": work, "seconds": WORK}
        cases[work] = Job(WRAPPER, "busy", 0, alone)
        for shell, job in (("sync", "busy_with_pages"), ("async", "busy_with_pages_async")):
            busy = {"limit": limit, "work": work, "seconds": WORK}
            name = f"{shell} {work}"
            cases[name] = Job(WRAPPER, job, models, busy)
            claims.append(
                Claim(
                    "10" + "abcd"[len(claims)],
                    f"`prefetch=True`, {pages} pages at {LATENCY * 1000:.0f} ms, {shell} caller "
                    f"{verb} {WORK * 1000:.0f} ms a page",
                    "ideal",
                    1.25 if name == "sync compute" else 1.10,
                    of(name),
                    _ideal(work, pages),
                )
            )
    return Case(
        models=models,
        latency=LATENCY,
        work=dict(cases),
        claims=claims,
        rounds=7,
        seconds=1 if quick else 35,
        fewest=1 if quick else 3,
    )


def _ideal(work: str, pages: int) -> Figure:
    """Return what takes longer, the responses or the work, after the first response."""
    return lambda figures: max(pages * LATENCY, figures(work, "seconds")) + LATENCY


def many_at_once(*, quick: bool, latency: float) -> Case:
    """Row 11: many listings at once, of three pages each."""
    return _at_once("11", 80 if quick else 200, limit=20, latency=latency, goal=0.65, quick=quick)


def more_at_once(*, quick: bool, latency: float) -> Case:
    """Row 12: more listings than a pool has connections, ten for each; of one page each."""
    return _at_once(
        "12", 150 if quick else 1000, limit=1000, latency=latency, goal=0.5, quick=quick
    )


def _at_once(
    row: str, listings: int, *, limit: int, latency: float, goal: float, quick: bool
) -> Case:
    time, p99 = "cd" if latency else "ab"
    work = f"{listings:,} listings of {MODELS} models at once, limit={limit}"
    work += f", {latency * 1000:.0f} ms" if latency else ""
    everything = {"listings": listings, "limit": limit}
    some = {"job": "many_at_once", "listings": 20, "limit": limit}
    late = "p99_seconds"
    return Case(
        models=MODELS,
        latency=latency,
        work={
            OURS: Job(WRAPPER, "many_at_once", listings * MODELS, everything, warm_up=some),
            "sdk": Job(OFFICIAL_SDK, "many_at_once", listings * MODELS, everything, warm_up=some),
        },
        claims=[
            Claim(f"{row}{time}", work, "official SDK", goal, of(OURS), of("sdk")),
            Claim(
                f"{row}{p99}", work, "official SDK", goal, of(OURS, late), of("sdk", late), "p99"
            ),
        ],
        rounds=12,
        seconds=1 if quick else 22,
        fewest=1 if quick else 2,
    )
