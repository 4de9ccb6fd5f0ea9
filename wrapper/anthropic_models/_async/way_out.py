"""The way out to the generated code: a generated client over the wrapper's connections."""

import anthropic_models_generated
import httpx

from .._core.request import client_headers, complete
from .._core.settings import Settings
from .sender import Sender


def generated_client(settings: Settings, sender: Sender) -> anthropic_models_generated.Client:
    """Return a generated client that sends what the settings say over the sender's connections."""
    # A client given to set_async_httpx_client shows no secret in the repr, unlike headers= would.
    client = anthropic_models_generated.Client(base_url=settings.base_url)
    http = httpx.AsyncClient(
        base_url=settings.base_url,
        headers=client_headers(settings),
        timeout=settings.timeout,
        transport=_Forward(sender, settings),
    )
    client.set_async_httpx_client(http)
    client.set_httpx_client(httpx.Client(transport=_Refuse()))
    return client


class _Forward(httpx.AsyncBaseTransport):
    """Hands requests to the httpx client of the wrapper, which has the pool, proxies and hooks."""

    def __init__(self, sender: Sender, settings: Settings) -> None:
        self._sender = sender
        self._settings = settings

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._sender.is_closed:
            raise httpx.TransportError("the client is closed; make a new one")
        complete(request, self._sender.http, self._settings)
        return await self._sender.http.send(request, stream=True, follow_redirects=False)


class _Refuse(httpx.BaseTransport):
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.UnsupportedProtocol(
            "this is the generated client of an AsyncClient; for the sync functions take "
            "Client().generated"
        )
