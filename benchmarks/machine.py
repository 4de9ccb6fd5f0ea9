"""Describes what was measured on: the machine, by pyperf, and the versions of the packages."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from attrs import frozen

from benchmarks.contestant_programs import ENVIRONMENTS, OFFICIAL_SDK, WRAPPER

BENCH_PYTHON = ENVIRONMENTS / "bench" / "bin" / "python"
_DISTRIBUTIONS = """
import importlib.metadata, platform
print("Python", platform.python_version())
for name in ("anthropic-models-client", "anthropic", "httpx", "httpx2", "attrs", "pydantic"):
    try:
        print(name, importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        pass
"""


@frozen
class Machine:
    """Machine and versions, on which ratios may depend."""

    processor: str
    system: str
    load: float  # how many programs wanted to run, in the minute before
    ours: list[str]
    theirs: list[str]


def described() -> Machine:
    """Describe this machine, before anything is measured."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "metadata.json")
        command = [str(BENCH_PYTHON), "-m", "pyperf", "collect_metadata", "-o", str(file)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        metadata: dict[str, Any] = json.loads(file.read_text("utf-8"))["metadata"]
    processor = metadata.get("cpu_model_name", "unknown processor")
    return Machine(
        processor=f"{metadata['cpu_count']} processors, {processor}",
        system=metadata.get("platform", "unknown system"),
        load=metadata.get("load_avg_1min", 0.0),
        ours=_versions(WRAPPER.python()),
        theirs=_versions(OFFICIAL_SDK.python()),
    )


def _versions(python: str) -> list[str]:
    command = [python, "-c", _DISTRIBUTIONS]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
