"""Regenerates generated/ from openapi.yaml, or checks that it is what openapi.yaml says.

python -m generator.regenerate          swap in a fresh generated/, show what changed
python -m generator.regenerate --check  change nothing; exit 1 when generated/ differs
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from generator import process
from generator.broken_pipes import exit_code
from generator.document_checks import check_document
from generator.document_json import write_document_json
from generator.documents import SpecError, read_yaml, to_yaml
from generator.overlays import portable_edition
from generator.package_checks import ProofError, prove
from generator.request_checks import check_requests
from generator.schema_rewrites import prepared
from generator.template_data import write_operation_data
from generator.templates import TemplateError, changed_templates

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PACKAGE = "anthropic_models_generated"

_INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Run the command; return its exit code."""
    arguments = argparse.ArgumentParser(description="Regenerate generated/ from openapi.yaml.")
    arguments.add_argument("--check", action="store_true", help="compare only, change nothing")
    check: bool = arguments.parse_args().check
    for number in _INTERRUPTIONS:
        signal.signal(number, _interrupt)
    try:
        return _check() if check else _regenerate()
    except (SpecError, TemplateError, process.ProcessError, ProofError, OSError) as error:
        print(f"{error}\nNothing was generated; generated/ is as it was.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; generated/ is as it was.", file=sys.stderr)
        return 130


def _regenerate() -> int:
    with _workplace() as folder:
        before, after = _snapshot(folder / "before"), generate_from_openapi_yaml(folder / "after")
        prove(ROOT / "openapi.yaml", after)
        if _differ(before, after):
            _swap(shutil.copytree(after, folder / "new"), ROOT / "generated", folder / "replaced")
            try:
                show_difference(before, after)
            except KeyboardInterrupt:
                print("Interrupted, but generated/ is regenerated.", file=sys.stderr)
                return 130
        else:
            print("generated/ is what openapi.yaml says: nothing changed.")
    return 0


def _check() -> int:
    with _workplace() as folder:
        committed = _snapshot(folder / "generated")
        fresh = generate_from_openapi_yaml(folder / "regenerated")
        prove(ROOT / "openapi.yaml", fresh)
        if not _differ(committed, fresh):
            print("generated/ is what openapi.yaml says.")
            return 0
        show_difference(committed, fresh)
    print(
        "\ngenerated/ is not what openapi.yaml says (see the difference above). "
        "Run `make regenerate` and commit the result.",
        file=sys.stderr,
    )
    return 1


@contextmanager
def _workplace() -> Generator[Path]:
    # Beside generated/, so that swapping is a rename within one file system.
    with tempfile.TemporaryDirectory(prefix=".regenerate-", dir=ROOT) as folder:
        yield Path(folder)


def _snapshot(target: Path) -> Path:
    """Copy generated/ as it is now, without Python's caches."""
    if (ROOT / "generated").is_dir():
        shutil.copytree(ROOT / "generated", target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.mkdir()
    return target


def generate_from_openapi_yaml(target: Path, *, stock_templates: bool = False) -> Path:
    """Do what `generate` does, with the portable edition of openapi.yaml."""
    document = ROOT / "openapi.yaml"
    check_document(read_yaml(document))
    source = target.with_name("portable.yaml")
    source.write_text(to_yaml(portable_edition(document, ROOT / "overlays")), "utf-8")
    return generate(source, target, original=document, stock_templates=stock_templates)


def generate(
    source: Path, target: Path, *, original: Path | None = None, stock_templates: bool = False
) -> Path:
    """Generate the package from the document `source` into the new folder `target`.

    `original` is the document before overlays, whose schemas become data of the package (default:
    `source`). With `stock_templates` the generator's templates are used unchanged. Raises
    ProcessError when the generator fails or leaves anything out, TemplateError when a change of
    a template cannot be made.
    """
    target.mkdir()
    package, portable = target / PACKAGE, read_yaml(source)
    command = [sys.executable, "-m", "openapi_python_client", "generate"]
    command += ["--path", str(source), "--output-path", str(package), "--meta", "none"]
    command += ["--config", str(ROOT / "generator-config.yml"), "--fail-on-warning"]
    with tempfile.TemporaryDirectory() as folder:
        if not stock_templates:
            config = read_yaml(ROOT / "generator-config.yml")
            check_requests(portable, config.get("content_type_overrides", {}))
            document = Path(folder, "document.json")
            document.write_text(json.dumps(prepared(portable)), "utf-8")
            command[command.index(str(source))] = str(document)
            templates = changed_templates(HERE / "templates.yaml", Path(folder))
            write_operation_data(portable, templates / "operation_data.jinja")
            command += ["--custom-template-path", str(templates)]
        try:
            process.run(*command, folder=Path.cwd(), environment=_environment())
        except process.ProcessError as error:
            raise SpecError(f"{_sentence(str(error))}\n\n{error}") from error
    (package / "py.typed").touch()
    if not stock_templates:
        for path in (HERE / "package").glob("*.py"):
            shutil.copy(path, package)
        write_document_json(read_yaml(original or source), package / "document.json")
    return target


def _sentence(output: str) -> str:
    """Return in one sentence what the generator prints when it fails."""
    reports = [
        re.search(r"^Unable to process schema (?P<place>.+):\s+(?P<problem>.+)$", output, re.M),
        re.search(r"parsing (?P<place>\w+ /\S*) within .*\s+(?P<problem>.+)$", output, re.M),
    ]
    for found in filter(None, reports):
        problem = re.sub(r"<\S+ object at \S+>", "…", found["problem"]).strip().rstrip(".")
        place = found["place"].strip()
        place = f"#{place}" if place.startswith("/") else place
        return (
            f"openapi.yaml, {place}: openapi-python-client cannot generate it ({problem}); "
            "describe it in another way, or make it so for the generator with an overlay."
        )
    return "openapi-python-client did not generate openapi.yaml; what it says is below."


def _environment() -> dict[str, str]:
    """Let the hooks find the pinned ruff first, and keep ruff's settings of the shell away."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("RUFF_")}
    tools = str(Path(sys.executable).parent)
    return {**clean, "PATH": os.pathsep.join([tools, clean.get("PATH", "")])}


def _differ(one: Path, other: Path) -> bool:
    return _files(one) != _files(other)


def _files(tree: Path) -> dict[Path, bytes]:
    return {p.relative_to(tree): p.read_bytes() for p in tree.rglob("*") if p.is_file()}


def show_difference(before: Path, after: Path) -> None:
    """Print what differs between two packages."""
    sys.stdout.flush()
    command = ["git", "--no-pager", "diff", "--no-index", "--no-prefix", "--no-ext-diff"]
    command += ["--no-renames", "--stat", "--patch", before.name, after.name]
    try:
        subprocess.run(command, cwd=before.parent, check=False)
    except FileNotFoundError:
        print("(git, which would show the difference, is not installed)")


def _swap(new: Path, current: Path, replaced: Path) -> None:
    """Put `new` in the place of `current`, or leave `current` as it was."""
    handlers = {number: signal.signal(number, signal.SIG_IGN) for number in _INTERRUPTIONS}
    try:
        if current.exists():
            current.rename(replaced)
        try:
            new.rename(current)
        except OSError:
            if replaced.exists():
                replaced.rename(current)
            raise
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(exit_code(main))
