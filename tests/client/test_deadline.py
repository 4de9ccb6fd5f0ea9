"""The deadline of one exchange, without a network."""

import pytest
from anthropic_models._deadline import Deadline


def test_it_begins_with_the_first_write_and_bounds_all_that_follows() -> None:
    deadline = Deadline()
    deadline.start(0.0)
    assert deadline.read_timeout(None) is None, "nothing was sent yet"
    for step in (deadline.write_timeout, deadline.read_timeout, deadline.write_timeout):
        with pytest.raises(TimeoutError):
            step(9)


def test_it_leaves_a_shorter_timeout_and_shortens_a_longer_one() -> None:
    deadline = Deadline()
    deadline.start_connecting(0.0)  # is over
    deadline.start(50)
    assert deadline.write_timeout(3) == 3
    for timeout in (None, 500):
        left = deadline.read_timeout(timeout)
        assert left is not None
        assert left <= 50
    assert deadline.reads == 2


def test_connecting_has_a_time_of_its_own() -> None:
    deadline = Deadline()
    deadline.start(None)
    deadline.start_connecting(0.0)
    with pytest.raises(TimeoutError):
        deadline.read_timeout(None)
    deadline.connected()
    assert deadline.write_timeout(None) is None
    deadline.start_connecting(None)
    assert deadline.read_timeout(None) is None
