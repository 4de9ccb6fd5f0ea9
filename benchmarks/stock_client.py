"""Generates a client from the portable edition with the generator's own templates.

    python benchmarks/stock_client.py FOLDER

The package in FOLDER has the same name as ours, so it needs an interpreter without the wheel.
"""

import shutil
import sys
from pathlib import Path

from portable import portable_edition, to_yaml
from regenerate import ROOT, GenerationError, generate


def main() -> int:
    """Generate anew, so that nothing stale stays."""
    folder = Path(sys.argv[1])
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    source = folder.with_name("portable.yaml")
    source.write_text(to_yaml(portable_edition(ROOT / "openapi.yaml", ROOT / "overlays")), "utf-8")
    try:
        generate(source, folder, stock_templates=True)
    except GenerationError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
