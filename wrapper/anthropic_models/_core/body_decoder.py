"""Decodes the content encoding of a response body, with a limit on its decoded size."""

import zlib

import httpx

from ..errors import APIConnectionError, APIResponseValidationError

MAX_BYTES = 32 * 1024 * 1024

_CHUNK = 1024 * 1024  # bytes inflated at a time, so that a zip bomb is noticed early

# Makes zlib.decompressobj read gzip.
_GZIP = 16 + zlib.MAX_WBITS
# These are not content codings, but some servers send them with plain bodies: character sets, MIME
# transfer encodings, and placeholders such as "none".
_CHARACTER_SETS = ("utf-8", "utf8", "ascii", "us-ascii", "iso-8859-1")
_MIME = ("binary", "7bit", "8bit")
_PLAIN = ("", "identity", "none", "null", "aws-chunked", *_CHARACTER_SETS, *_MIME)


class BodyDecoder:
    """Takes the raw chunks of a body and returns the decoded bytes.

    Raises APIResponseValidationError when the body is too large, corrupt, or in an encoding that
    was not requested; APIConnectionError when it is incomplete.
    """

    def __init__(self, headers: httpx.Headers) -> None:
        encoding: str = headers.get("content-encoding", "").strip()
        names = [name.strip() for name in encoding.lower().split(",")]
        encodings = [name for name in names if name not in _PLAIN]
        is_gzip = encodings in (["gzip"], ["x-gzip"])
        self._unknown = encoding if encodings and not is_gzip else None
        self._inflate = zlib.decompressobj(_GZIP) if is_gzip else None
        self._parts: list[bytes] = []
        self._size = 0
        self._has_data = False

    def feed(self, chunk: bytes) -> None:
        """Take a chunk as received from the network."""
        if chunk and self._unknown is not None:
            raise APIResponseValidationError(
                f"the response is encoded as {self._unknown!r}, but only gzip was requested"
            )
        if self._inflate is None:
            self._keep(chunk)
        elif chunk:
            self._has_data = True
            self._keep_inflated(chunk)

    def finish(self) -> bytes:
        """Return the whole decoded body."""
        if self._inflate is not None and self._has_data and not self._inflate.eof:
            raise APIConnectionError("connection lost: the gzip body is incomplete")
        return b"".join(self._parts)

    def _keep_inflated(self, chunk: bytes) -> None:
        while chunk:
            assert self._inflate is not None  # noqa: S101 - for the type checkers
            if self._inflate.eof:
                # A gzip file may have several members, and zeros after the last one.
                chunk = chunk.lstrip(b"\0")
                if not chunk:
                    return
                self._inflate = zlib.decompressobj(_GZIP)
            part = _inflated(self._inflate, chunk)
            if part is None:
                raise APIResponseValidationError("the response is not valid gzip")
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
    """Return the inflated chunk, or its first part; None when it is corrupt."""
    try:
        return inflate.decompress(chunk, _CHUNK)
    except zlib.error:
        return None
