"""The generated package of a document with ten more operations.

tests/spec/data/ten-more-operations.yaml has what `request()` has to do with: both shapes of pages,
bodies of every kind, values in paths, lists in queries, 204, several successes, downloads, unions,
no operationId.
"""

from pathlib import Path

from generator.documents import Document, read_yaml, to_yaml
from generator.overlays import portable_edition
from generator.regenerate import generate
from tests.support.evolution import merged
from tests.support.projects import ROOT, regeneration

OVERLAY = ROOT / "tests" / "spec" / "data" / "ten-more-operations.yaml"


def portable_document(folder: Path) -> Document:
    """Write the document into `folder`; return its portable edition."""
    document = read_yaml(ROOT / "openapi.yaml")
    for action in read_yaml(OVERLAY)["actions"]:
        merged(document, action["update"])
    (folder / "openapi.yaml").write_text(to_yaml(document), "utf-8")
    return portable_edition(folder / "openapi.yaml", ROOT / "overlays")


def ten_more_operations(folder: Path) -> Path:
    """Generate the package within `folder`; return what belongs on the path of Python."""
    source = folder / "portable.yaml"
    source.write_text(to_yaml(portable_document(folder)), "utf-8")
    with regeneration(ROOT):
        return generate(source, folder / "generated", original=folder / "openapi.yaml")
