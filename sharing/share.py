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

from generator.documents import Document, SpecError, read_yaml, to_yaml
from generator.portable import portable_edition
from generator.process import ProcessError
from generator.program import exit_code
from sharing import node

ROOT = Path(__file__).resolve().parent.parent
TRUTH = ROOT / "openapi.yaml"
OVERLAYS = ROOT / "overlays"


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
    editions = {
        "openapi": read_yaml(TRUTH),
        "openapi.portable": portable_edition(TRUTH, OVERLAYS),
        "openapi.3.0": edition_3_0(),
    }
    for name, document in editions.items():
        _check(name, document)
        text = json.dumps(document, indent=2, ensure_ascii=False)
        (target / f"{name}.json").write_text(f"{text}\n", "utf-8")
        (target / f"{name}.yaml").write_text(_heading(name, document) + to_yaml(document), "utf-8")
    # The truth with its comments and empty lines, as it was written.
    shutil.copyfile(TRUTH, target / "openapi.yaml")
    for overlay in sorted(OVERLAYS.glob("*.y*ml")):
        shutil.copyfile(overlay, target / f"{overlay.stem}.overlay.yaml")
    _lint(target)
    _write_reference(target)
    return target


def edition_3_0() -> Document:
    """Return the portable edition in the words of OpenAPI 3.0."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        portable = folder / "portable.yaml"
        portable.write_text(to_yaml(portable_edition(TRUTH, OVERLAYS)), "utf-8")
        source, result = folder / "3.1.yaml", folder / "3.0.yaml"
        source.write_text(to_yaml(portable_edition(portable, OVERLAYS / "3.0")), "utf-8")
        node.run(
            "openapi-down-convert", "--input", source.name, "--output", result.name, folder=folder
        )
        return read_yaml(result)


def _check(name: str, document: Document) -> None:
    older = str(document["openapi"]).startswith("3.0")
    validator = OpenAPIV30SpecValidator if older else OpenAPIV31SpecValidator
    try:
        validator(document).validate()
    except OpenAPIValidationError as error:
        raise SpecError(f"{name}: {error.message}") from error


def _heading(name: str, document: Document) -> str:
    version = document["info"]["version"]
    return f"# {name}.yaml {version}: made from openapi.yaml; edit that one.\n"


def _lint(folder: Path) -> None:
    documents = sorted(str(path) for path in folder.glob("openapi*.*"))
    # They keep the list of known betas, which no parameter refers to in some of them.
    node.run("redocly", "lint", "--skip-rule", "no-unused-components", *documents, folder=ROOT)
    rules = str(ROOT / "sharing" / "editions.spectral.yaml")
    node.run("spectral", "lint", "--fail-severity=hint", "-r", rules, *documents, folder=ROOT)


def _write_reference(folder: Path) -> None:
    node.run(
        *("redocly", "build-docs", str(TRUTH), "--inlineBundle"),
        *("--template", str(ROOT / "sharing" / "reference.hbs")),
        *("--output", str(folder / "openapi.html")),
        folder=ROOT,
    )


if __name__ == "__main__":
    sys.exit(exit_code(main))
