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

from generator.broken_pipes import exit_code
from generator.documents import SpecError, read_yaml
from generator.process import ProcessError
from languages.archives import write_archives
from languages.clients import read_clients
from sharing import editions, node
from sharing.editions import OVERLAYS, ROOT, SOURCE
from sharing.reference import reference


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
    """Write the editions, the reference, overlays and archives into the new folder `target`.

    Raises SpecError or ProcessError when one of them cannot be made or is not valid.
    """
    target.mkdir()
    editions.write(target)
    for path in sorted(target.glob("*.json")):
        _check(path)
    for overlay in sorted(OVERLAYS.glob("*.y*ml")):
        shutil.copyfile(overlay, target / f"{overlay.stem}.overlay.yaml")
    write_archives(read_clients(ROOT / "languages"), target, target)
    _lint(target)
    (target / "openapi.html").write_text(reference(read_yaml(SOURCE)), "utf-8")
    return target


def _check(path: Path) -> None:
    document = json.loads(path.read_text("utf-8"))
    older = str(document["openapi"]).startswith("3.0")
    validator = OpenAPIV30SpecValidator if older else OpenAPIV31SpecValidator
    try:
        validator(document).validate()
    except OpenAPIValidationError as error:
        raise SpecError(f"{path.stem}: {error.message}") from error


def _lint(folder: Path) -> None:
    documents = sorted(str(path) for path in folder.glob("openapi*.*"))
    # They keep the list of known betas, which no parameter refers to in some of them.
    node.run("redocly", "lint", "--skip-rule", "no-unused-components", *documents, folder=ROOT)
    rules = str(ROOT / "sharing" / "editions.spectral.yaml")
    node.run("spectral", "lint", "--fail-severity=hint", "-r", rules, *documents, folder=ROOT)


if __name__ == "__main__":
    sys.exit(exit_code(main))
