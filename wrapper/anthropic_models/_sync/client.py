"""The sync client."""

from types import TracebackType
from typing import Self

import anthropic_models_generated
import httpx

from .._client import BaseClient
from .._core.settings import Settings
from .listing import Models
from .sender import Sender
from .way_out import generated_client


class Client(BaseClient[httpx.Client]):
    """Lists models over HTTP; to be closed after use, or used in a `with` statement.

    Threads may share one client.

    Attributes:
        models: `models.list()` lists the models.

    """

    models: Models

    @staticmethod
    def _http_kind() -> type[httpx.Client]:
        return httpx.Client

    def _set_up(self, chosen: Settings, http: httpx.Client, *, owns_http: bool) -> None:
        self._settings = chosen
        self._sender = Sender(http, owns_http=owns_http)
        self.models = Models(self._sender, chosen)

    def _share(self, chosen: Settings) -> None:
        self._settings = chosen
        self._sender = Sender(self._sender.http, owns_http=False, parent=self._sender)
        self.models = Models(self._sender, chosen)

    @property
    def is_closed(self) -> bool:
        return self._sender.is_closed

    @property
    def generated(self) -> anthropic_models_generated.Client:
        return generated_client(self._settings, self._sender)

    def close(self) -> None:
        """Close the client and its connections; calls under way end with ClientClosedError."""
        self._sender.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
