"""Proves the clients in other languages: generates, compiles and runs each, and looks at it.

A language is a folder beside this file with a language.toml:

    generator, version   what writes the client; for the table
    edition              "truth" (openapi.yaml) or "portable" (openapi.portable.yaml)
    needs                the commands that must be there, or the language is skipped
    steps                what generates and compiles, one command after the other
    program              what lists the models: reads ANTHROPIC_BASE_URL and ANTHROPIC_API_KEY,
                         walks all pages of 10 and prints the ids; sends two betas, one of them
                         unknown; then asks without a key and prints the error on stderr

The folder is copied to build/languages; nothing is written beside this file.
"""

import argparse
import json
import os
import shutil
import sys
import time
import tomllib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from anthropic_models.sandbox import Sandbox, made_up_models
from attrs import field, frozen
from attrs.validators import in_

from generator import process
from generator.documents import SpecError, to_yaml
from generator.portable import portable_edition
from generator.program import exit_code
from languages.judge import KEY, MODELS, Expected, complaints, expected

ROOT = Path(__file__).resolve().parent.parent
STEP_TIMEOUT, PROGRAM_TIMEOUT = 600, 60
"""Seconds; far more than a slow machine takes."""

Models = list[dict[str, Any]]


@frozen
class Language:
    """What language.toml says about the language in `folder`."""

    folder: Path
    generator: str
    version: str
    edition: str = field(validator=in_(["truth", "portable"]))
    needs: Sequence[str]
    steps: Sequence[Sequence[str]]
    program: Sequence[str]

    @property
    def name(self) -> str:
        """The name by which people ask for it."""
        return self.folder.name


@frozen
class Outcome:
    """How it went: `result` is a word or two and, when it did not go well, `reason` says why."""

    language: Language
    result: str
    seconds: float
    reason: str = ""


def main() -> int:
    """Run the command; return its exit code."""
    arguments = _arguments()
    models = made_up_models(MODELS)
    if arguments.models:
        models = json.loads(arguments.models.read_text("utf-8"))
    right = expected()

    def prove(language: Language) -> Outcome:
        outcome = _prove(language, arguments.build / language.name, right, models)
        print(f"{language.name}: {outcome.result}", flush=True)
        return outcome

    try:
        # Two at a time: while one waits for a registry the other compiles.
        with ThreadPoolExecutor(max_workers=2) as pool:
            outcomes = list(pool.map(prove, arguments.chosen))
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    for outcome in outcomes:
        if outcome.reason:
            print(f"\n{outcome.language.name}: {outcome.reason}")
    print(f"\n{_table(outcomes)}")
    return 1 if any(outcome.reason for outcome in outcomes) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Prove the clients in other languages.")
    parser.add_argument("names", nargs="*", help="languages; default: all")
    parser.add_argument("--languages", type=Path, default=ROOT / "languages", help="their folder")
    parser.add_argument("--build", type=Path, default=ROOT / "build/languages", help="work here")
    parser.add_argument("--models", type=Path, help="JSON: what the sandbox lists instead")
    arguments = parser.parse_args()
    known: dict[str, Language] = {}
    for path in sorted(arguments.languages.glob("*/language.toml")):
        try:
            known[path.parent.name] = _language(path)
        except (TypeError, ValueError) as error:
            parser.error(f"{path.parent.name}/{path.name}: {error}")
    for name in arguments.names:
        if name not in known:
            parser.error(f"there is no language {name!r}; there are: {', '.join(known)}")
    arguments.chosen = [known[name] for name in arguments.names or known]
    return arguments


def _language(path: Path) -> Language:
    return Language(folder=path.parent, **tomllib.loads(path.read_text("utf-8")))


def _prove(language: Language, work: Path, right: Expected, models: Models) -> Outcome:
    """Generate, compile and run one client; look at what it printed and sent."""
    missing = [command for command in language.needs if shutil.which(command) is None]
    if missing:
        return Outcome(language, f"skipped: no {', '.join(missing)} here", 0)
    started = time.monotonic()
    try:
        reason = "\n".join(_attempt(language, work, right, models))
    except (process.ProcessError, SpecError, OSError) as error:
        reason = str(error)
    seconds = time.monotonic() - started
    if reason:
        return Outcome(language, f"wrong: {reason.splitlines()[0]}", seconds, reason)
    return Outcome(language, f"ok: {MODELS} models", seconds)


def _attempt(language: Language, work: Path, right: Expected, models: Models) -> list[str]:
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(language.folder, work)
    _write_edition(language.edition, work)
    for step in language.steps:
        _run(step, work, {}, STEP_TIMEOUT)
    with Sandbox(models) as sandbox:
        own = {"ANTHROPIC_BASE_URL": sandbox.base_url, "ANTHROPIC_API_KEY": KEY}
        printed, told = _run(language.program, work, own, PROGRAM_TIMEOUT)
        return complaints(right, printed, told, sandbox.requests)


def _write_edition(edition: str, work: Path) -> None:
    truth = ROOT / "openapi.yaml"
    if edition == "truth":
        shutil.copy(truth, work)
    else:
        document = portable_edition(truth, ROOT / "overlays")
        (work / "openapi.portable.yaml").write_text(to_yaml(document), "utf-8")


def _run(
    command: Sequence[str], work: Path, own: Mapping[str, str], timeout: int
) -> process.Output:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("ANTHROPIC_")}
    environment = {**clean, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", **own}
    return process.run(*command, folder=work, environment=environment, timeout=timeout)


def _table(outcomes: Sequence[Outcome]) -> str:
    rows = [("language", "generator", "edition", "seconds", "result")]
    for outcome in outcomes:
        language = outcome.language
        generator = f"{language.generator} {language.version}"
        seconds = f"{outcome.seconds:.1f}" if outcome.seconds else "-"
        rows.append((language.name, generator, language.edition, seconds, outcome.result))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


if __name__ == "__main__":
    sys.exit(exit_code(main))
