"""Measures the contestants of a case alternately, in one run, against one server."""

import time
from contextlib import ExitStack

from attrs import field, frozen

from benchmarks.goals import Claim, Measured, Note
from benchmarks.processes import Sample, Work
from benchmarks.server_process import Certificates, serving


@frozen
class Case:
    """Work that several contestants do side by side, and what is claimed of it.

    It is done for so many rounds, or for so many seconds when that is over sooner, but never for
    less than `fewest` rounds.
    """

    models: int
    work: dict[str, Work]
    claims: list[Claim]
    rounds: int
    seconds: float
    fewest: int = 3
    latency: float = 0.0
    tls: bool = False
    notes: list[Note] = field(factory=list[Note])


def measured(case: Case, certificates: Certificates) -> Measured:
    """Return every sample of every contestant, in the order of the rounds."""
    certificate, authorities = (
        (certificates.server, certificates.authorities) if case.tls else (None, None)
    )
    with ExitStack() as stack:
        server = stack.enter_context(serving(case.models, case.latency, certificate))
        measures = {
            name: stack.enter_context(each.ready(server.base_url, authorities))
            for name, each in case.work.items()
        }
        samples: Measured = {name: [] for name in measures}
        started = time.monotonic()
        for number in range(case.rounds):
            if number >= case.fewest and time.monotonic() - started > case.seconds:
                break
            for name, measure in measures.items():
                before = 0 if case.tls else server.requests()
                sample: Sample = measure()
                if not case.tls:
                    sample["requests"] = server.requests() - before
                samples[name].append(sample)
    return samples
