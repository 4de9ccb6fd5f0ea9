"""A part of what `make differential` compares."""

import time

from tests.spec.differential import disagreements, same


def test_an_independent_validator_agrees_about_every_response() -> None:
    assert disagreements(4_000, time.time_ns() % 1_000_000) == []


def test_texts_that_are_the_same_instant_are_the_same_and_true_is_not_1() -> None:
    assert same({"a": ["2016-12-31T23:59:60Z"]}, {"a": ["2017-01-01T01:00:00+01:00"]})
    assert not same("2016-12-31T23:59:59Z", "2017-01-01T00:00:00Z")
    assert not same([1], [True])
    assert not same({"a": None}, {})
