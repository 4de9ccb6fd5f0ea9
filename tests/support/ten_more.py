"""The generated package of a document with ten more operations.

tests/spec/data/ten-more-operations.yaml has what `request()` has to do with: both shapes of pages,
bodies of every kind, values in paths, lists in queries, 204, several successes, downloads, unions,
no operationId.
"""

import shutil
from pathlib import Path

from generator.documents import to_yaml
from generator.portable import portable_edition
from generator.regenerate import generate
from tests.support.projects import ROOT

OVERLAY = ROOT / "tests" / "spec" / "data" / "ten-more-operations.yaml"


def ten_more_operations(folder: Path) -> Path:
    """Generate the package within `folder`; return what belongs on the path of Python."""
    overlays = folder / "overlays"
    shutil.copytree(ROOT / "overlays", overlays)
    document, source = folder / "openapi.yaml", folder / "portable.yaml"
    source.write_text(to_yaml(_with_ten_more(overlays)), "utf-8")
    for path in overlays.glob("*.yaml"):
        path.unlink()
    document.write_text(to_yaml(_with_ten_more(overlays)), "utf-8")
    return generate(source, folder / "generated", original=document)


def _with_ten_more(overlays: Path) -> dict[str, object]:
    shutil.copy(OVERLAY, overlays)
    return portable_edition(ROOT / "openapi.yaml", overlays)
