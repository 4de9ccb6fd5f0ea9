"""Writes dist/spec/: what other teams take from here, checked before it is there.

python -m sharing.share
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from generator.documents import Document, SpecError, to_yaml
from generator.process import ProcessError
from generator.program import exit_code
from sharing import node
from sharing.editions import OVERLAYS, ROOT, SOURCE, editions


def main() -> int:
    """Run the command; return its exit code."""
    dist = ROOT / "dist"
    dist.mkdir(exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".spec-", dir=dist) as folder:
            new = share(Path(folder) / "spec")
            shutil.rmtree(dist / "spec", ignore_errors=True)
            new.rename(dist / "spec")
    except (SpecError, ProcessError, OSError) as error:
        print(f"{error}\nNothing was shared; dist/spec/ is as it was.", file=sys.stderr)
        return 1
    for path in sorted((dist / "spec").iterdir()):
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size:,} bytes")
    return 0


def share(target: Path) -> Path:
    """Write every edition, the reference and the overlays into the new folder `target`.

    Raises SpecError or ProcessError when one of them cannot be made or is not valid.
    """
    target.mkdir()
    for name, document in editions().items():
        _check(name, document)
        text = json.dumps(document, indent=2, ensure_ascii=False)
        (target / f"{name}.json").write_text(f"{text}\n", "utf-8")
        (target / f"{name}.yaml").write_text(_heading(name, document) + to_yaml(document), "utf-8")
    # The source with its comments and empty lines, as it was written.
    shutil.copyfile(SOURCE, target / "openapi.yaml")
    for overlay in sorted(OVERLAYS.glob("*.y*ml")):
        shutil.copyfile(overlay, target / f"{overlay.stem}.overlay.yaml")
    _lint(target)
    _write_reference(target)
    return target


def _check(name: str, document: Document) -> None:
    older = str(document["openapi"]).startswith("3.0")
    validator = OpenAPIV30SpecValidator if older else OpenAPIV31SpecValidator
    try:
        validator(document).validate()
    except OpenAPIValidationError as error:
        raise SpecError(f"{name}: {error.message}") from error


def _heading(name: str, document: Document) -> str:
    version = document["info"]["version"]
    return f"# {name}.yaml {version}: made from openapi.yaml, as info.x-edition says.\n"


def _lint(folder: Path) -> None:
    documents = sorted(str(path) for path in folder.glob("openapi*.*"))
    # They keep the list of known betas, which no parameter refers to in some of them.
    node.run("redocly", "lint", "--skip-rule", "no-unused-components", *documents, folder=ROOT)
    rules = str(ROOT / "sharing" / "editions.spectral.yaml")
    node.run("spectral", "lint", "--fail-severity=hint", "-r", rules, *documents, folder=ROOT)


def _write_reference(folder: Path) -> None:
    node.run(
        *("redocly", "build-docs", str(SOURCE), "--inlineBundle"),
        *("--template", str(ROOT / "sharing" / "reference.hbs")),
        *("--output", str(folder / "openapi.html")),
        folder=ROOT,
    )


if __name__ == "__main__":
    sys.exit(exit_code(main))
