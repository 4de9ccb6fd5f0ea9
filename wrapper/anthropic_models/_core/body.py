"""Decodes the body of a response within bounds: how many bytes, and in which encoding."""

import zlib

import httpx

from ..errors import APIConnectionError, APIResponseValidationError

MAX_BYTES = 32 * 1024 * 1024

_STEP = 1024 * 1024  # bytes inflated at a time, so that a bomb is noticed early

# zlib.decompressobj also reads gzip when told so.
_GZIP = 16 + zlib.MAX_WBITS
# "none" and "utf-8" are no encodings, but servers are known to send them for plain bodies.
_PLAIN = ("", "identity", "none", "utf-8", "utf8")


class Body:
    """Takes the raw chunks of a body and returns the decoded bytes.

    Raises APIResponseValidationError when the body is too large, damaged, or in an encoding that
    was not asked for; APIConnectionError when it ends too soon.
    """

    def __init__(self, headers: httpx.Headers) -> None:
        encoding: str = headers.get("content-encoding", "").strip()
        is_gzip = encoding.lower() in ("gzip", "x-gzip")
        if not is_gzip and encoding.lower() not in _PLAIN:
            raise APIResponseValidationError(
                f"the response is encoded as {encoding!r}, but only gzip was asked for"
            )
        self._inflate = zlib.decompressobj(_GZIP) if is_gzip else None
        self._parts: list[bytes] = []
        self._size = 0
        self._begun = False

    def feed(self, chunk: bytes) -> None:
        """Take a chunk as it came from the network."""
        if self._inflate is None:
            self._keep(chunk)
        elif chunk:
            self._begun = True
            self._keep_inflated(chunk)

    def finish(self) -> bytes:
        """Return the whole decoded body."""
        if self._inflate is not None and self._begun and not self._inflate.eof:
            raise APIConnectionError("connection lost: the compressed body is not complete")
        return b"".join(self._parts)

    def _keep_inflated(self, chunk: bytes) -> None:
        while chunk:
            assert self._inflate is not None  # noqa: S101 - for the type checkers
            if self._inflate.eof:
                # gzip allows members one after the other, and zeros behind the last one.
                chunk = chunk.lstrip(b"\0")
                if not chunk:
                    return
                self._inflate = zlib.decompressobj(_GZIP)
            part = _inflated(self._inflate, chunk)
            if part is None:
                raise APIResponseValidationError("the compressed body of the response is damaged")
            self._keep(part)
            chunk = self._inflate.unconsumed_tail or self._inflate.unused_data

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > MAX_BYTES:
            raise APIResponseValidationError(
                f"the response is larger than {MAX_BYTES // 1024 // 1024} MiB"
            )
        self._parts.append(part)


def _inflated(
    inflate: "zlib._Decompress",  # pyright: ignore[reportPrivateUsage] - it has no public name
    chunk: bytes,
) -> bytes | None:
    """Return what a chunk, or its first part, inflates to; None when it is damaged."""
    try:
        return inflate.decompress(chunk, _STEP)
    except zlib.error:
        return None
