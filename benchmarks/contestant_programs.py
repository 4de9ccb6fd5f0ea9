"""The contestants, each with the environment that `make bench` has built for it."""

from pathlib import Path

from benchmarks.processes import ROOT, Program

ENVIRONMENTS = ROOT / ".envs"

WRAPPER = Program("ours", ENVIRONMENTS / "bench-ours")
COMMAND_LINE = Program("anthropic-models", ENVIRONMENTS / "bench-cli")
OFFICIAL_SDK = Program("official_sdk", ENVIRONMENTS / "official-sdk-current")
HTTPX = Program("bare_httpx", ENVIRONMENTS / "runtime")
HTTPX_BESIDE_CLICK = Program("print_ids", ENVIRONMENTS / "bench-console")
STOCK = Program("stock", ENVIRONMENTS / "runtime", ROOT / "build" / "benchmarks" / "stock")
FLOOR = Program("stdlib", ENVIRONMENTS / "bench-ours")
BYTES_ONLY = Program("bytes_only", ENVIRONMENTS / "bench-ours")


def known_authorities() -> Path:
    """Return the certificates that plain httpx trusts."""
    (found,) = HTTPX.environment.glob("lib/python3*/site-packages/certifi/cacert.pem")
    return found
