"""Generates a client from the portable edition with the generator's own templates.

    python benchmarks/stock_client.py FOLDER

The package in FOLDER has the same name as ours, so it needs an interpreter without the wheel.
"""

import os
import subprocess
import sys
from pathlib import Path

from portable import portable_edition, to_yaml

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "anthropic_models_generated"


def main() -> int:
    """Generate anew, so that nothing stale stays."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "portable.yaml"
    source.write_text(to_yaml(portable_edition(ROOT / "openapi.yaml", ROOT / "overlays")), "utf-8")
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning"]
    command += ["--path", str(source), "--output-path", str(folder / PACKAGE), "--overwrite"]
    command += ["--meta", "none", "--config", str(ROOT / "generator-config.yml")]
    # The hooks find the pinned ruff beside the interpreter.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        command, env={**os.environ, "PATH": path}, capture_output=True, text=True
    )
    if done.returncode != 0:
        print(done.stdout + done.stderr, file=sys.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
