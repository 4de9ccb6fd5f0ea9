"""All cases, in the order of the rows."""

from benchmarks.latency_rows import LATENCY, distant, many_at_once, more_at_once, read_ahead
from benchmarks.listing_rows import kept, large_pages, million, one_request, small_pages
from benchmarks.measuring import Case
from benchmarks.startup_rows import command_line, imports, one_shot


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
        many_at_once(quick=quick, latency=0),
        many_at_once(quick=quick, latency=LATENCY),
        more_at_once(quick=quick, latency=0),
        more_at_once(quick=quick, latency=LATENCY),
        million(quick=quick),
        kept(quick=quick),
        one_request(quick=quick),
    ]
