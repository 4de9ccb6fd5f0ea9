"""Proves the clients in other languages: follows the README of each, and looks at what it does.

python -m languages.run [LANGUAGE | LANGUAGE/CLIENT …]

The archive of a language, as a release carries it, is unpacked into an empty folder, and its
README followed there, where nothing else of this project is. Then the program runs once for each
scenario, against a sandbox of its own. It

    reads ANTHROPIC_BASE_URL and ANTHROPIC_API_KEY,
    walks all pages of 10 and prints the ids, one a line,
    sends two betas, one of them unknown,
    and prints type, message and request id of an error on stderr, and exits 1.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from attrs import frozen

from generator import process
from generator.broken_pipes import exit_code
from generator.documents import SpecError
from languages.archives import write_archives
from languages.clients import Client, read_clients
from languages.scenarios import SCENARIOS, Outcome, Scenario, differences, expected, sandbox
from sharing import editions

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".envs" / "languages" / "bin"
STEP_TIMEOUT, PROGRAM_TIMEOUT = 900, 60
"""Seconds; far more than a slow machine takes."""

Expected = Sequence[tuple[Scenario, Outcome]]


@frozen
class Result:
    """How it went: `summary` is a few words and, when it did not go well, `reason` says why."""

    client: Client
    summary: str
    seconds: float = 0
    reason: str = ""


def main() -> int:
    """Run the command; return its exit code."""
    arguments = _arguments()
    right = [(scenario, expected(scenario)) for scenario in SCENARIOS]
    try:
        results = prove(arguments.chosen, arguments.documents, arguments.build, right)
    except (SpecError, process.ProcessError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    for result in results:
        if result.reason:
            print(f"\n{result.client.name}: {result.reason}")
    print(f"\n{_table(results)}")
    return 1 if any(result.reason for result in results) else 0


def prove(
    clients: Sequence[Client], documents: Path | None, build: Path, right: Expected
) -> list[Result]:
    """Generate, compile and run each client; return what is wrong with it.

    Args:
        clients: The clients to prove.
        documents: The folder with the editions; None: make them.
        build: Where everything is written.
        right: The scenarios, and what is right in each.

    """
    missing = {client.name: _missing(client) for client in clients}
    possible = [client for client in clients if not missing[client.name]]
    build.mkdir(parents=True, exist_ok=True)
    if documents is None and possible:
        documents = build / "documents"
        shutil.rmtree(documents, ignore_errors=True)
        documents.mkdir()
        editions.write(documents)
    archives = {path.name: path for path in write_archives(possible, documents or build, build)}

    def prove_one(client: Client) -> Result:
        if missing[client.name]:
            result = Result(client, f"skipped: {missing[client.name]}")
        else:
            archive = archives[f"list-models-{client.language}.tar.gz"]
            result = _prove(client, archive, build / client.name, right)
        print(f"{client.name}: {result.summary}", flush=True)
        return result

    # Two at a time: while one waits for a registry the other compiles.
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(prove_one, clients))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Prove the clients in other languages.")
    parser.add_argument("names", nargs="*", help="languages or clients; default: all")
    parser.add_argument("--languages", type=Path, default=ROOT / "languages", help="their folder")
    parser.add_argument("--build", type=Path, default=ROOT / "build/languages", help="work here")
    parser.add_argument("--documents", type=Path, help="a folder with the editions; default: make")
    arguments = parser.parse_args()
    try:
        known = read_clients(arguments.languages)
    except ValueError as error:
        parser.error(str(error))
    names = {name for client in known for name in (client.language, client.name)}
    for name in arguments.names:
        if name not in names:
            parser.error(f"there is no client {name!r}; there are: {', '.join(sorted(names))}")
    arguments.chosen = [
        client
        for client in known
        if not arguments.names or {client.language, client.name} & set(arguments.names)
    ]
    return arguments


def _missing(client: Client) -> str:
    """Return why the client cannot be made on this machine; nothing when it can."""
    path = _environment({})["PATH"]
    absent = [command for command in client.needs if shutil.which(command, path=path) is None]
    if not absent and client.probe:
        done = subprocess.run(client.probe, stdin=subprocess.DEVNULL, capture_output=True)
        absent = [client.probe[0] + " with all it needs"] if done.returncode else []
    if not absent:
        return ""
    hint = f" (on Debian: apt install {' '.join(client.debian)})" if client.debian else ""
    return f"no {', '.join(absent)} here{hint}"


def _prove(client: Client, archive: Path, work: Path, right: Expected) -> Result:
    started = time.monotonic()
    try:
        reason = "\n".join(_attempt(client, archive, work, right))
    except (process.ProcessError, OSError) as error:
        reason = str(error)
    seconds = time.monotonic() - started
    if reason:
        return Result(client, f"wrong: {reason.splitlines()[0]}", seconds, reason)
    return Result(client, f"ok: {len(right)} scenarios", seconds)


def _attempt(client: Client, archive: Path, work: Path, right: Expected) -> Iterator[str]:
    folder = _unpacked(client, archive, work)
    for step in client.steps:
        _run(step, folder, {}, STEP_TIMEOUT)
    for scenario, outcome in right:
        with sandbox(scenario) as (address, requests):
            own = {"ANTHROPIC_BASE_URL": address, "ANTHROPIC_API_KEY": scenario.key}
            code = 0 if outcome.error is None else 1
            try:
                printed, reported = _run(client.program, folder, own, PROGRAM_TIMEOUT, code)
            except process.ProcessError as error:
                yield f"{scenario.name}: {error}"
                continue
            for text in differences(outcome, printed, reported, requests):
                yield f"{scenario.name}: {text}"


def _unpacked(client: Client, archive: Path, work: Path) -> Path:
    """Unpack the archive into an empty folder; return the client's, with what it keeps."""
    new = work.with_name(f"{work.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    process.run("tar", "-xzf", archive.resolve(), folder=new)
    within = Path(client.language, client.folder.name)
    for name in client.keep:
        if (work / within / name).exists():
            (work / within / name).rename(new / within / name)
    shutil.rmtree(work, ignore_errors=True)
    new.rename(work)
    return work / within


def _run(
    command: Sequence[str], folder: Path, own: Mapping[str, str], timeout: int, code: int = 0
) -> process.Output:
    environment = _environment(own)
    # `subprocess` looks for a command in the PATH of this process.
    program = shutil.which(command[0], path=environment["PATH"]) if "/" not in command[0] else None
    return process.run(
        program or command[0],
        *command[1:],
        folder=folder,
        environment=environment,
        accept=(code,),
        timeout=timeout,
    )


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("ANTHROPIC_")}
    path = os.pathsep.join([str(TOOLS), clean.get("PATH", os.defpath)])
    return {**clean, "PATH": path, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", **own}


def _table(results: Sequence[Result]) -> str:
    rows = [("client", "generator", "edition", "seconds", "result")]
    for result in results:
        client = result.client
        generator = f"{client.generator} {client.version}"
        seconds = f"{result.seconds:.1f}" if result.seconds else "-"
        rows.append((client.name, generator, client.edition, seconds, result.summary))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


if __name__ == "__main__":
    sys.exit(exit_code(main))
