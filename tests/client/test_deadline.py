"""The deadline of one exchange, without a network."""

import pytest
from anthropic_models._deadline import Deadline


def test_it_begins_with_the_first_write_and_bounds_all_that_follows() -> None:
    deadline = Deadline()
    deadline.begin(0.0)
    assert deadline.for_read(None) is None, "nothing was sent yet"
    for step in (deadline.for_write, deadline.for_read, deadline.for_write):
        with pytest.raises(TimeoutError):
            step(9)


def test_it_leaves_a_shorter_timeout_and_shortens_a_longer_one() -> None:
    deadline = Deadline()
    deadline.begin(50)
    assert deadline.for_write(3) == 3
    for timeout in (None, 500):
        left = deadline.for_read(timeout)
        assert left is not None
        assert left <= 50
    assert deadline.reads == 2


def test_connecting_has_a_time_of_its_own() -> None:
    deadline = Deadline()
    deadline.begin(None)
    deadline.connecting(0.0)
    with pytest.raises(TimeoutError):
        deadline.for_read(None)
    deadline.connected()
    assert deadline.for_write(None) is None
    deadline.connecting(None)
    assert deadline.for_read(None) is None
