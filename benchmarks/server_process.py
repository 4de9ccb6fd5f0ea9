"""Starts the server that all contestants use, in a process of its own."""

import subprocess
import sys
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import trustme
from attrs import frozen

SERVER = Path(__file__).parent / "model_server.py"


@frozen
class Served:
    """A running server."""

    base_url: str

    def requests(self) -> int:
        """Return how many pages were requested so far; over plain http only."""
        with urllib.request.urlopen(f"{self.base_url}/requests") as response:  # noqa: S310 - http
            return int(response.read())


@frozen
class Certificates:
    """Certificates of an authority that is made for one run."""

    server: Path
    authorities: Path

    @classmethod
    def made_in(cls, folder: Path, known: Path) -> "Certificates":
        """Make them. Clients should load as many authorities as usual: `known`, and ours."""
        authority = trustme.CA()
        certificate = authority.issue_cert("127.0.0.1")
        certificates = cls(folder / "server.pem", folder / "authorities.pem")
        certificate.private_key_and_cert_chain_pem.write_to_path(str(certificates.server))
        certificates.authorities.write_bytes(known.read_bytes() + authority.cert_pem.bytes())
        return certificates


@contextmanager
def serving(models: int, latency: float, certificate: Path | None) -> Generator[Served]:
    """Run a server of so many models; `latency` is in seconds for each response."""
    command = [sys.executable, str(SERVER), "--models", str(models), "--latency", str(latency)]
    if certificate is not None:
        command += ["--certificate", str(certificate)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None  # noqa: S101 - for the type checkers
        yield Served(process.stdout.readline().strip())
        process.communicate()  # ends its input, and so the server
