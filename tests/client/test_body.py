"""The body of a response: encodings, and bounds on bytes, values and depth."""

import gzip
import json
import tracemalloc
import zlib
from unittest.mock import Mock

import httpx
import pytest
from anthropic_models import APIConnectionError, APIResponseValidationError
from anthropic_models._core import json_body
from anthropic_models._core.body_decoder import MAX_BYTES, BodyDecoder
from anthropic_models._core.json_body import JsonError, decoded_json
from hypothesis import given
from hypothesis import strategies as st

MIB = 1024 * 1024


def decoded(*chunks: bytes, encoding: str | None = "gzip") -> bytes:
    body = BodyDecoder(httpx.Headers({} if encoding is None else {"content-encoding": encoding}))
    for chunk in chunks:
        body.feed(chunk)
    return body.finish()


@pytest.mark.parametrize("encoding", [None, "", "UTF8", " Identity ", "binary, identity"])
def test_what_is_not_encoded_is_taken_as_it_is(encoding: str | None) -> None:
    assert decoded(b"\x1f", b"\x8b", encoding=encoding) == b"\x1f\x8b"


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip", " gzip ", "identity, gzip"])
def test_gzip_is_decoded_in_several_members_and_with_zeros_behind(encoding: str) -> None:
    packed = gzip.compress(b" " * 100_000) + gzip.compress(b"{}") + b"\0" * 1000
    assert decoded(packed, encoding=encoding) == b" " * 100_000 + b"{}"
    chunks = (packed[i : i + 1] for i in range(len(packed)))
    assert decoded(*chunks, encoding=encoding) == b" " * 100_000 + b"{}"


@given(st.binary(max_size=2000), st.integers(1, 300))
def test_gzip_is_decoded_however_it_is_cut(content: bytes, size: int) -> None:
    packed = gzip.compress(content)
    chunks = [packed[i : i + size] for i in range(0, len(packed), size)]
    assert decoded(*chunks) == content


def test_an_empty_body_is_empty_in_every_encoding() -> None:
    assert decoded() == decoded(b"") == decoded(b"", encoding="br") == b""


@pytest.mark.parametrize("encoding", ["gzip, gzip", "deflate", "br", "zstd", "identity, br"])
def test_what_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(APIResponseValidationError) as caught:
        decoded(b"{}", encoding=encoding)
    says = f"the response is encoded as {encoding!r}, but only gzip was requested"
    assert str(caught.value) == says


def test_damaged_gzip_is_refused() -> None:
    packed = gzip.compress(b"{}")
    wrong_checksum = packed[:-6] + b"\0" * 6
    behind = [packed + surplus for surplus in (b"something behind it", b"\0\0xx")]
    for body in (b"no gzip at all", zlib.compress(b"{}"), wrong_checksum, *behind):
        with pytest.raises(APIResponseValidationError, match="not valid gzip"):
            decoded(body)


@pytest.mark.parametrize("length", [1, 5, 15, -1])
def test_gzip_that_ends_too_soon_is_a_lost_connection(length: int) -> None:
    with pytest.raises(APIConnectionError, match="incomplete"):
        decoded(gzip.compress(b"{}" * 99)[:length])


@pytest.mark.parametrize("encoding", [None, "gzip"])
def test_32_mib_are_the_most(encoding: str | None) -> None:
    most = b" " * MAX_BYTES
    contents = (most, most + b" ")
    whole, larger = [gzip.compress(each, 1) if encoding else each for each in contents]
    assert len(decoded(whole, encoding=encoding)) == MAX_BYTES == 32 * MIB
    with pytest.raises(APIResponseValidationError, match="larger than 32 MiB"):
        decoded(larger, encoding=encoding)


def test_a_compression_bomb_is_noticed_long_before_it_fills_memory() -> None:
    deflate = zlib.compressobj(wbits=31)
    first, block = [
        deflate.compress(b" " * MIB) + deflate.flush(zlib.Z_FULL_FLUSH) for _ in range(2)
    ]
    tracemalloc.start()
    try:
        with pytest.raises(APIResponseValidationError, match="larger than 32 MiB"):
            decoded(first + block * 255)
        assert tracemalloc.get_traced_memory()[1] <= 64 * MIB
    finally:
        tracemalloc.stop()


class TestJson:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32-be"])
    def test_is_decoded_in_any_unicode(self, encoding: str) -> None:
        assert decoded_json('{"a": "é\\ud800"}'.encode(encoding)) == {"a": "é\ud800"}

    @pytest.mark.parametrize(
        ("body", "says"),
        [
            (b" \r\n", "is empty, but should be JSON"),
            (b"<html>", "is not JSON"),
            (b"\xff\xfe\x00garbage", "is not JSON"),
            (b"NaN", "is not JSON"),
            (b'{"a": [-Infinity]}', "is not JSON"),
            (b'{"a":' * 200_000, "is nested too deep"),
            (b"[" * 2001 + b"]" * 2001, "is nested too deep"),
            (b"1" * 100_001, "has long integers of more than 100,000 digits in all"),
            (
                b"[1," + b"1" * 50_001 + b"," + b"1" * 50_000 + b"]",
                "has long integers of more than 100,000 digits in all",
            ),
        ],
        ids=lambda value: value[:12],
    )
    def test_that_is_none_is_refused(self, body: bytes, says: str) -> None:
        with pytest.raises(JsonError) as caught:
            decoded_json(body)
        assert str(caught.value) == says

    def test_that_the_parser_finds_nested_too_deep_is_refused(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(json, "loads", Mock(side_effect=RecursionError))
        with pytest.raises(JsonError, match="is nested too deep"):
            decoded_json(b"[]")

    def test_may_hold_two_million_values(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert json_body.MAX_SEPARATORS == 2_000_000
        monkeypatch.setattr(json_body, "MAX_SEPARATORS", 5)
        assert decoded_json(b'{"x":[[],[]]}') == {"x": [[], []]}
        # The last is no JSON: values are counted before anything is parsed.
        for body in (b'{"x":[[],[],[]]}', b"[1,2,3,4,5,6]", b'["",{},{},{}]', b"[,,,,,,"):
            with pytest.raises(JsonError, match="has more than 5 values"):
                decoded_json(body)

    def test_may_be_nested_two_thousand_deep(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert json_body.MAX_DEPTH == 2000
        monkeypatch.setattr(json_body, "MAX_DEPTH", 5)
        assert decoded_json(b'[{"[a":[{"b":["[[["]}]}]') == [{"[a": [{"b": ["[[["]}]}]
        assert decoded_json(b'["\\"[[[[[[\\\\", {}, [[[]]]]') == ['"[[[[[[\\', {}, [[[]]]]
        with pytest.raises(JsonError, match="is nested too deep"):
            decoded_json(b'[{"a":[{"b":[[]]}]}]')

    def test_is_searched_for_its_depth_in_little_memory(self) -> None:
        body = b"[" * 2001 + b'"' + b"\\n" * 500_000
        tracemalloc.start()
        try:
            with pytest.raises(JsonError, match="is nested too deep"):
                decoded_json(body)
            assert tracemalloc.get_traced_memory()[1] < 2 * len(body)
        finally:
            tracemalloc.stop()
