"""Where the specification is: openapi.yaml travels in the wheel."""

from pathlib import Path


def openapi_path() -> Path:
    """Return the path of openapi.yaml, the document that this package was generated from."""
    packaged = Path(__file__).with_name("openapi.yaml")
    # In a checkout there is no copy; the one document is at its root.
    return packaged if packaged.exists() else Path(__file__).parents[2] / "openapi.yaml"
