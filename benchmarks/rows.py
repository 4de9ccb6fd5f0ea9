"""All cases, in the order of the rows."""

from benchmarks.measuring import Case
from benchmarks.starting import command_line, imports, one_shot
from benchmarks.waiting import LATENCY, crowd, distant, large_crowd, read_ahead
from benchmarks.walking import kept, large_pages, million, small_pages


def cases(*, quick: bool) -> list[Case]:
    """Return every case; the quick ones do less, and less often."""
    return [
        imports(quick=quick),
        one_shot(quick=quick, tls=False),
        one_shot(quick=quick, tls=True),
        command_line(quick=quick),
        small_pages(quick=quick),
        large_pages(quick=quick),
        distant(quick=quick),
        read_ahead(quick=quick),
        crowd(quick=quick, latency=0),
        crowd(quick=quick, latency=LATENCY),
        large_crowd(quick=quick, latency=0),
        large_crowd(quick=quick, latency=LATENCY),
        million(quick=quick),
        kept(quick=quick),
    ]
