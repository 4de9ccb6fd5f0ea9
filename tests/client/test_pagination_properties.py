"""What holds for every catalogue, every page size, every cursor and both directions."""

import math
from collections.abc import Iterator
from typing import Any

import pytest
from anthropic_models.sandbox import Sandbox, made_up_models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.shells import AnyClient, Shell

# Pages begin and end at every place of a small catalogue, too, and each example is quick.
MOST = 30
CATALOGUE = made_up_models(MOST)
IDS = [model["id"] for model in CATALOGUE]

pytestmark = pytest.mark.no_cover  # other tests run the same lines of the wrapper

ample = settings(
    # The client and the sandbox are shared on purpose: nothing of an example stays in them.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

sizes = st.integers(0, MOST)
limits = st.none() | st.integers(1, MOST + 5) | st.integers(1, 1000)
caps = st.none() | st.integers(1, MOST + 5)


@pytest.fixture
def client(shell: Shell, sandbox: Sandbox) -> Iterator[AnyClient]:
    with shell.client(sandbox.base_url) as client:
        yield client


def walked(
    client: AnyClient, sandbox: Sandbox, expected: list[str], limit: int | None, **arguments: Any
) -> None:
    """The listing yields exactly what is expected, in no more requests than it takes."""
    sandbox.requests.clear()
    assert [model.id for model in client.list(limit=limit, **arguments)] == expected
    most = max(1, math.ceil(len(expected) / (limit or 1000)))
    assert len(sandbox.requests) <= most


@ample
@given(size=sizes, limit=limits, cap=caps, prefetch=st.booleans())
def test_a_listing_is_the_catalogue_once_each_and_in_order(
    client: AnyClient,
    sandbox: Sandbox,
    size: int,
    limit: int | None,
    cap: int | None,
    prefetch: bool,
) -> None:
    sandbox.models[:] = CATALOGUE[:size]
    walked(client, sandbox, IDS[:size][:cap], limit, max_items=cap, prefetch=prefetch)


@ample
@given(
    size=st.integers(1, MOST),
    position=st.integers(0, MOST - 1),
    limit=limits,
    cap=caps,
    backwards=st.booleans(),
    prefetch=st.booleans(),
)
def test_a_listing_from_a_cursor_goes_strictly_away_from_it(
    client: AnyClient,
    sandbox: Sandbox,
    size: int,
    position: int,
    limit: int | None,
    cap: int | None,
    backwards: bool,
    prefetch: bool,
) -> None:
    sandbox.models[:] = CATALOGUE[:size]
    position %= size
    before, after = IDS[:position][::-1], IDS[position + 1 : size]
    cursor = {"before_id" if backwards else "after_id": IDS[position]}
    expected = (before if backwards else after)[:cap]
    walked(client, sandbox, expected, limit, max_items=cap, prefetch=prefetch, **cursor)


@ample
@given(size=st.integers(1, MOST), position=st.integers(0, MOST - 1), limit=limits)
def test_both_directions_together_are_the_catalogue_without_the_cursor(
    client: AnyClient, sandbox: Sandbox, size: int, position: int, limit: int | None
) -> None:
    sandbox.models[:] = CATALOGUE[:size]
    cursor = IDS[position % size]
    newer = [model.id for model in client.list(before_id=cursor, limit=limit)]
    older = [model.id for model in client.list(after_id=cursor, limit=limit)]
    assert [*newer[::-1], cursor, *older] == IDS[:size]


@ample
@given(
    size=st.integers(1, 15),
    limit=st.integers(1, 6),
    released=st.lists(st.integers(0, 3), max_size=5),
    prefetch=st.booleans(),
)
def test_models_released_between_two_pages_repeat_and_lose_none_of_the_older_ones(
    client: AnyClient,
    sandbox: Sandbox,
    size: int,
    limit: int,
    released: list[int],
    prefetch: bool,
) -> None:
    older = CATALOGUE[-size:]
    newer = iter(reversed(CATALOGUE[:-size]))
    sandbox.models[:] = older
    found: list[str] = []
    for number, page in enumerate(client.list(limit=limit, prefetch=prefetch).iter_pages()):
        found += [model.id for model in page.data]
        for _ in range(released[number] if number < len(released) else 0):
            sandbox.models.insert(0, next(newer))
    assert found == [model["id"] for model in older]
