"""A server in a process of its own that returns the number of each request, now and then badly.

A request with `x-number: 7` gets a page whose model is called 7, so that a response to another
request is noticed. One with `x-faults` gets one of many faults in a third of all cases.
"""

import asyncio
import json
import logging
import random
import sys
from pathlib import Path

from tests.support.certificates import Authority
from tests.support.scripted_server import page

_RANDOM = random.Random(17)  # noqa: S311 - no secret


def page_of(number: str) -> bytes:
    """Return a page of one model that is called by the number."""
    return json.dumps(page(number)).encode()


def response(body: bytes, *lines: bytes, status: bytes = b"200 OK") -> bytes:
    """Return a whole response."""
    head = [b"HTTP/1.1 " + status, b"content-length: %d" % len(body), *lines]
    return b"\r\n".join([*head, b"", body])


def faults(number: str) -> dict[str, tuple[bytes, bool]]:
    """Return what may come instead, by name, and whether the connection stays open after it."""
    body = page_of(number)
    whole = response(body)
    chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    return {
        "reset": (b"", False),
        "no response": (b"", False),
        "half a head": (whole[:20], False),
        "half a body": (whole[:-20], False),
        "late": (whole, True),
        "drip": (whole, True),
        "status": (response(b"", b"retry-after: 0", status=b"529 Overloaded"), True),
        "closing": (response(body, b"connection: close"), False),
        "chunks": (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + chunk, True),
        "surplus": (whole + response(page_of("surplus")), True),
        "early hints": (b"HTTP/1.1 103 Early Hints\r\n\r\n" + whole, True),
    }


async def misbehave(writer: asyncio.StreamWriter, number: str) -> bool:
    """Write one of the faults; return whether the connection stays open."""
    fault, (content, stays) = _RANDOM.choice(list(faults(number).items()))
    if fault == "reset":
        writer.transport.abort()
    if fault == "late":
        await asyncio.sleep(0.03)
    while fault == "drip" and content:
        writer.write(content[:40])
        content = content[40:]
        await asyncio.sleep(0.001)
    writer.write(content)
    return stays


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Respond to one request after the other."""
    try:
        stays = True
        while stays:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            number = head.partition("x-number: ")[2].partition("\r")[0]
            if "\r\nx-faults:" in head and _RANDOM.random() < 1 / 3:
                stays = await misbehave(writer, number)
            else:
                writer.write(response(page_of(number)))
            await writer.drain()
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def main(folder: str) -> None:
    """Serve http and https until standard input ends; print both ports and the authority."""
    logging.disable()  # asyncio complains about connections that clients have left
    authority = Authority(Path(folder))
    contexts = (None, authority.server())
    servers = [
        await asyncio.start_server(serve, "127.0.0.1", 0, backlog=500, ssl=context)
        for context in contexts
    ]
    ports = [server.sockets[0].getsockname()[1] for server in servers]
    print(*ports, authority.path, flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
