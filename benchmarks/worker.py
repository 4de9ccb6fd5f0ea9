"""Runs the jobs of one contestant, in an interpreter that has what the contestant needs.

    python -m benchmarks.worker CONTESTANT BASE_URL

For each line of JSON on its standard input, the name of a job and its arguments, it does the job
and writes a line: how many models were seen, the seconds it took, and further figures.
"""

import gc
import importlib
import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.jobs import JOBS, Clients


def main() -> None:
    """Work until the standard input ends."""
    sys.path.insert(0, str(Path(__file__).parent / "contestants"))
    contestant: Any = importlib.import_module(sys.argv[1])
    peak: Any = importlib.import_module("peak")
    with ExitStack() as stack:
        clients = Clients(contestant, sys.argv[2], stack)
        for line in sys.stdin:
            arguments = json.loads(line)
            job = JOBS[arguments.pop("job")]
            gc.collect()
            sample = job(clients, **arguments)
            print(json.dumps({**sample, "peak_bytes": peak.peak_bytes()}), flush=True)


if __name__ == "__main__":
    main()
