"""Generates a client from the portable edition with the generator's own templates.

    python -m benchmarks.generate_stock_client FOLDER

The package in FOLDER has the same name as ours, so it needs an interpreter without the wheel.
"""

import shutil
import sys
from pathlib import Path

from generator.process import ProcessError
from generator.regenerate import generate_from_openapi_yaml


def main() -> int:
    """Generate anew, so that nothing stale stays."""
    folder = Path(sys.argv[1])
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        generate_from_openapi_yaml(folder, stock_templates=True)
    except ProcessError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
