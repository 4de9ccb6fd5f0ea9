"""Cancel, interrupt, fork, close and repeat, many thousand times; print what was counted.

The exit code is 1 when a response was wrong, a call hung, an error was none of ours, a connection
or a thread was left behind, or memory grew.
"""

import argparse
import asyncio
import gc
import itertools
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections import Counter
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import anyio
import uvloop
from anthropic_models import AnthropicModelsError, AsyncClient, Client

from tests.support.left_behind import open_sockets, running_threads
from tests.support.projects import ROOT
from tests.support.sync_and_async import KEY

RANDOM = random.Random(17)  # noqa: S311 - no secret
NUMBERS = itertools.count()


class WrongError(Exception):
    """What must not happen has happened."""


@contextmanager
def server() -> Generator[tuple[str, str]]:
    """Run the server; return its http and its https URL."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.soak.server", folder]
        with subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            plain, encrypted, os.environ["SSL_CERT_FILE"] = process.stdout.readline().split()
            try:
                yield f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{encrypted}"
            finally:
                process.kill()


def numbered(*, faults: bool = False) -> tuple[str, dict[str, str]]:
    """Return the number of a request, and the headers that send it."""
    number = f"{os.getpid()}-{next(NUMBERS)}"
    return number, {"x-number": number} | ({"x-faults": "1"} if faults else {})


def listing(client: Client, *, faults: bool = False) -> None:
    """List once; raises WrongError when the response is that to another request."""
    number, headers = numbered(faults=faults)
    check(client.models.list(extra_headers=headers).first_id, number)


async def alisting(client: AsyncClient) -> None:
    """List once, async."""
    number, headers = numbered()
    check((await client.models.list(extra_headers=headers)).first_id, number)


def check(found: str | None, number: str) -> None:
    """Raise WrongError when a response is not that to its request."""
    if found != number:
        raise WrongError(f"the response to {number} is that to {found}")


Cancel = Callable[[AsyncClient], Awaitable[str]]
"""Cancels a call at a random step; returns how it ended."""


async def cancels(base_url: str, times: int, cancel: Cancel) -> str:
    """Cancel calls, then list a hundred times."""
    ends: Counter[str] = Counter()
    async with AsyncClient(api_key=KEY, base_url=base_url) as client:
        for _ in range(times):
            ends[await cancel(client)] += 1
        if ends.keys() - {"finished", "CancelledError", "TimeoutError"}:
            raise WrongError(f"unexpected ends of cancelled tasks: {dict(ends)}")
        for _ in range(100):
            await alisting(client)
    return f"{dict(ends)}, then 100 listings right"


async def by_anyio(client: AsyncClient) -> str:
    """Cancel a call with a scope of anyio."""
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as group:
            group.start_soon(alisting, client)
            await wait_a_little()
            scope.cancel()
    return "CancelledError" if scope.cancelled_caught else "finished"


async def by_asyncio(client: AsyncClient) -> str:
    """Cancel a task as asyncio does itself, some twice, some by a timeout."""

    async def hurried() -> None:
        async with asyncio.timeout(RANDOM.random() * 0.004):
            await alisting(client)

    task = asyncio.ensure_future(hurried() if RANDOM.random() < 1 / 3 else alisting(client))
    await wait_a_little()
    task.cancel()
    if RANDOM.random() < 0.3:
        await asyncio.sleep(0)
        task.cancel()
    (end,) = await asyncio.gather(task, return_exceptions=True)
    return "finished" if end is None else type(end).__name__


async def wait_a_little() -> None:
    """Wait a random number of steps, or a random time of the length of a call."""
    if RANDOM.random() < 0.5:
        for _ in range(RANDOM.randrange(15)):
            await anyio.lowlevel.checkpoint()
    else:
        await anyio.sleep(RANDOM.random() * 0.003)


def interrupts(base_url: str, times: int) -> str:
    """Interrupt calls at random moments, then list; some need a second interrupt."""
    counts: Counter[str] = Counter()
    is_calling, is_back, is_over = threading.Event(), threading.Event(), threading.Event()
    caller = threading.main_thread().ident
    assert caller is not None

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        if is_calling.is_set():
            raise KeyboardInterrupt

    def press() -> None:
        while not is_over.is_set():
            if is_calling.wait(0.1):
                time.sleep(RANDOM.random() * 0.002)
                counts["sent"] += 1
                signal.pthread_kill(caller, signal.SIGINT)
                is_back.wait(2)

    former = signal.signal(signal.SIGINT, interrupt)
    presser = threading.Thread(target=press)
    presser.start()
    try:
        with Client(api_key=KEY, base_url=base_url, max_retries=0, timeout=20) as client:
            while counts["interrupted"] < times:
                is_back.clear()
                try:
                    is_calling.set()
                    listing(client)
                    is_calling.clear()
                except KeyboardInterrupt:
                    is_calling.clear()
                    counts["interrupted"] += 1
                    began = time.monotonic()
                    listing(client)
                    if time.monotonic() > began + 10:
                        raise WrongError("a call after an interrupt hung") from None
                is_back.set()
            for _ in range(100):
                listing(client)
    finally:
        is_calling.clear()
        is_over.set()
        presser.join()
        signal.signal(signal.SIGINT, former)
    return f"{dict(counts)}, then 100 listings right"


def forks(base_url: str, children: int, times: int) -> str:
    """Fork children that list beside their parent with a client that it has used."""
    with Client(api_key=KEY, base_url=base_url, max_retries=0) as client:
        listing(client)
        started: list[int] = []
        for _ in range(children):
            child = os.fork()
            if not child:
                code = 1
                with suppress(BaseException):
                    for _ in range(times):
                        listing(client)
                    client.close()
                    code = 0
                os._exit(code)
            started.append(child)
        for _ in range(times):
            listing(client)
        failed = sum(os.waitpid(child, 0)[1] != 0 for child in started)
        listing(client)
    if failed:
        raise WrongError(f"{failed} of {children} children got a wrong response or none")
    return f"{children} children and their parent, {times} listings each, all right"


def threads(urls: tuple[str, str], number: int, seconds: float) -> str:
    """List in threads, with faults, while clients are closed and made anew."""
    counts: Counter[str] = Counter()
    wrong: list[str] = []

    def new_client() -> Client:
        return Client(api_key=KEY, base_url=RANDOM.choice(urls), timeout=30, max_retries=6)

    clients = [new_client() for _ in range(4)]
    end = time.monotonic() + seconds

    def work() -> None:
        while time.monotonic() < end:
            try:
                listing(RANDOM.choice(clients), faults=True)
                counts["right"] += 1
            except AnthropicModelsError as error:
                counts[type(error).__name__] += 1
            except BaseException as error:
                wrong.append(repr(error))

    workers = [threading.Thread(target=work) for _ in range(number)]
    for worker in workers:
        worker.start()
    while time.monotonic() < end:
        time.sleep(0.2)
        place = RANDOM.randrange(len(clients))
        clients[place], closing = new_client(), clients[place]
        closing.close()
    for worker in workers:
        worker.join(timeout=60)
    hung = sum(worker.is_alive() for worker in workers)
    for client in clients:
        client.close()
    if wrong or hung:
        raise WrongError(f"{hung} threads hung; {len(wrong)} wrong: {wrong[:5]}")
    return str(dict(counts))


def memory(base_url: str, times: int) -> str:
    """List again and again, sync and async; memory must not grow."""
    with Client(api_key=KEY, base_url=base_url) as client:
        sync = growth(lambda: listing(client), times // 2)
    with asyncio.Runner() as runner:
        aclient = AsyncClient(api_key=KEY, base_url=base_url)
        asynchronous = growth(lambda: runner.run(alisting(aclient)), times // 2)
        runner.run(aclient.close())
    return f"{times} listings, memory {sync:+.1f} and {asynchronous:+.1f} MiB"


def growth(call: Callable[[], None], times: int) -> float:
    """Repeat a call; return how much memory has grown after the first quarter of them."""
    for _ in range(times // 4):
        call()
    before = resident()
    for _ in range(times - times // 4):
        call()
    gc.collect()
    more = resident() - before
    if more > 4:
        raise WrongError(f"memory has grown by {more:.1f} MiB")
    return more


def resident() -> float:
    """Return how much memory this process has, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def left_behind() -> tuple[int, int]:
    """Return how many sockets are open, and how many threads run."""
    gc.collect()
    return len(open_sockets()), len(running_threads())


def main() -> int:
    """Run all parts; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long threads list")
    parser.add_argument("--requests", type=int, default=50_000, help="for the memory")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside threads
    is_wrong = False
    with server() as urls:
        http, https = urls
        parts: dict[str, Callable[[], str]] = {
            "cancels, asyncio": lambda: asyncio.run(cancels(http, 3000, by_asyncio)),
            "cancels, asyncio, https": lambda: asyncio.run(cancels(https, 1000, by_asyncio)),
            "cancels, uvloop": lambda: uvloop.run(cancels(http, 3000, by_asyncio)),
            "cancels, anyio": lambda: anyio.run(cancels, http, 1000, by_anyio),
            "cancels, trio": lambda: anyio.run(cancels, http, 3000, by_anyio, backend="trio"),
            "interrupts": lambda: interrupts(http, 300),
            "interrupts, https": lambda: interrupts(https, 100),
            "forks": lambda: forks(http, 4, 200),
            "forks, https": lambda: forks(https, 4, 200),
            "threads": lambda: threads(urls, 64, arguments.seconds),
            "memory": lambda: memory(http, arguments.requests),
        }
        for name, part in parts.items():
            began, before = time.monotonic(), left_behind()
            try:
                result = part()
                if (after := left_behind()) > before:
                    raise WrongError(f"sockets and threads: {before} before, {after} after")
            except Exception as error:
                result, is_wrong = f"WRONG: {error!r}", True
            print(f"{name:24} {time.monotonic() - began:6.1f} s  {result}", flush=True)
    return int(is_wrong)


if __name__ == "__main__":
    sys.exit(main())
