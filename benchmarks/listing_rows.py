"""Rows 5 to 8 and 13 to 15: long listings, what they keep, and one request sent by itself."""

from benchmarks.contestant_programs import BYTES_ONLY, FLOOR, HTTPX, OFFICIAL_SDK, STOCK, WRAPPER
from benchmarks.goals import OURS, Claim, Note, of
from benchmarks.measuring import Case
from benchmarks.processes import Job, Program

MEGABYTE = 1_000_000


def small_pages(*, quick: bool) -> Case:
    """Row 5: many requests with little in them."""
    models, limit = 2_000 if quick else 20_000, 20
    work = f"walk {models:,} models, limit={limit}"
    return Case(
        models=models,
        work={
            OURS: _walk(WRAPPER, models, limit),
            "httpx": _walk(HTTPX, models, limit),
            "sdk": _walk(OFFICIAL_SDK, models, limit),
            "bytes": _walk(BYTES_ONLY, models, limit),
        },
        claims=[
            Claim("5a", work, "bare httpx, `.json()`", 1.05, of(OURS), of("httpx")),
            Claim("5b", work, "official SDK", 0.35, of(OURS), of("sdk")),
        ],
        notes=[_server_share(limit)],
        rounds=15,
        seconds=1 if quick else 45,
        fewest=2 if quick else 3,
    )


def large_pages(*, quick: bool) -> Case:
    """Rows 6, 7 and 8: few requests with much in them."""
    models, limit = 20_000, 1000
    work = f"walk {models:,} models, limit={limit}"
    stock = "client of the stock templates, unchecked"
    return Case(
        models=models,
        work={
            OURS: _walk(WRAPPER, models, limit),
            "stock": _walk(STOCK, models, limit),
            "floor": _walk(FLOOR, models, limit),
            "sdk": _walk(OFFICIAL_SDK, models, limit),
            "bytes": _walk(BYTES_ONLY, models, limit),
        },
        claims=[
            Claim("6", work, "official SDK", 0.06, of(OURS), of("sdk")),
            Claim("7", f"{work}, checked", stock, 0.80, of(OURS), of("stock")),
            Claim("8", work, "`http.client`, `json`, same objects", 2.0, of(OURS), of("floor")),
        ],
        notes=[_server_share(limit)],
        rounds=30,
        seconds=1 if quick else 35,
        fewest=2 if quick else 3,
    )


def million(*, quick: bool) -> Case:
    """Row 13: one walk for each contestant, a part of it in each round."""
    models, rounds, limit = (20_000, 2, 1000) if quick else (1_000_000, 10, 1000)
    part = {"limit": limit, "models": models // rounds}
    first = {"job": "first_page", "limit": limit}
    work = f"walk {models:,} models, limit={limit}"
    return Case(
        models=models,
        work={
            OURS: Job(WRAPPER, "walk_on", models // rounds, part, warm_up=first),
            "sdk": Job(OFFICIAL_SDK, "walk_on", models // rounds, part, warm_up=first),
        },
        claims=[
            Claim("13a", work, "official SDK", 0.08, of(OURS), of("sdk")),
            Claim(
                "13b",
                work,
                "itself after the first page, and 5 MB",
                1.0,
                lambda figures: figures.last(OURS, "peak_bytes"),
                lambda figures: figures.last(OURS, "warm_peak_bytes") + 5 * MEGABYTE,
                "peak memory",
            ),
        ],
        rounds=rounds,
        fewest=rounds,
        seconds=0,
    )


def kept(*, quick: bool) -> Case:
    """Row 14: the memory that a list of all models takes, as Python's allocator counts it.

    The size of a process also has other memory, and what was freed; the allocator is exact.
    """
    models, limit = 4_000 if quick else 20_000, 1000
    held = "kept_bytes"
    return Case(
        models=models,
        work={
            OURS: Job(WRAPPER, "keep", models, {"limit": limit}),
            "sdk": Job(OFFICIAL_SDK, "keep", models, {"limit": limit}),
        },
        claims=[
            Claim(
                "14",
                f"keep a list of {models:,} models",
                "official SDK",
                0.40,
                of(OURS, held),
                of("sdk", held),
                "memory kept",
            )
        ],
        rounds=3,
        seconds=1 if quick else 20,
        fewest=1,
    )


def one_request(*, quick: bool) -> Case:
    """Row 15: `send` without a listing around it, again and again."""
    limit, times = 20, 100 if quick else 1_000
    arguments = {"limit": limit, "times": times}
    work = f"send {times:,} requests, one at a time, limit={limit}"
    return Case(
        models=limit,
        work={
            OURS: Job(WRAPPER, "send_one", limit * times, arguments),
            "stock": Job(STOCK, "send_one", limit * times, arguments),
        },
        claims=[
            Claim(
                "15",
                f"{work}, checked",
                "client of the stock templates, unchecked",
                1.0,
                of(OURS),
                of("stock"),
            )
        ],
        rounds=15,
        seconds=1 if quick else 20,
        fewest=2 if quick else 3,
    )


def _walk(program: Program, models: int, limit: int) -> Job:
    return Job(program, "walk", models, {"limit": limit})


def _server_share(limit: int) -> Note:
    return Note(
        f"limit={limit}: a client that reads the bytes and looks at the cursor only, which is how "
        "fast the server is, takes {share} of our time.",
        of(OURS),
        of("bytes"),
    )
