"""The async client."""

from types import TracebackType
from typing import Self

import anthropic_models_generated
import httpx

from .._client import BaseClient
from .._core.settings import Settings
from .listing import AsyncModels
from .sender import Sender
from .way_out import generated_client


class AsyncClient(BaseClient[httpx.AsyncClient]):
    """Lists models over HTTP; to be closed after use, or used in an `async with` statement.

    Runs on asyncio and on trio. Tasks may share one client.

    Attributes:
        models: `models.list()` lists the models.

    """

    models: AsyncModels

    @staticmethod
    def _http_kind() -> type[httpx.AsyncClient]:
        return httpx.AsyncClient

    def _set_up(self, chosen: Settings, http: httpx.AsyncClient, *, owns_http: bool) -> None:
        self._settings = chosen
        self._sender = Sender(http, owns_http=owns_http)
        self.models = AsyncModels(self._sender, chosen)

    def _share(self, chosen: Settings) -> None:
        self._settings = chosen
        self._sender = Sender(self._sender.http, owns_http=False, parent=self._sender)
        self.models = AsyncModels(self._sender, chosen)

    @property
    def is_closed(self) -> bool:
        return self._sender.is_closed

    @property
    def generated(self) -> anthropic_models_generated.Client:
        return generated_client(self._settings, self._sender)

    async def close(self) -> None:
        """Close the client and its connections; calls under way end with ClientClosedError."""
        await self._sender.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()
