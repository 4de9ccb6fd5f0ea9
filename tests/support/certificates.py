"""Certificates for servers of the tests, by an authority that nobody else knows."""

import ssl
from pathlib import Path
from typing import Any

import trustme


class Authority:
    """Issues certificates; who has its file trusts them."""

    def __init__(self, folder: Path) -> None:
        self._authority: Any = trustme.CA()
        self.path = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(str(self.path))

    def server(self, *names: str, **options: Any) -> ssl.SSLContext:
        """Return the context of a server with a certificate for these names."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate = self._authority.issue_cert(*(names or ("127.0.0.1",)), **options)
        certificate.configure_cert(context)
        return context
