"""The async client."""

import os
from collections.abc import Iterable
from types import TracebackType
from typing import NoReturn, Self

import anthropic_models_generated
import httpx

from .._core.headers import AnthropicBeta, Headers
from .._core.settings import Settings, authenticates, settings
from .listing import AsyncModels
from .sender import Sender
from .way_out import generated_client


class AsyncClient:
    """Lists models over HTTP; to be closed after use, or used in an `async with` statement.

    Runs on asyncio and on trio. Tasks may share one client.

    Attributes:
        models: `models.list()` lists the models.

    Args:
        api_key: Sent as `X-Api-Key`. Default: the environment variable ANTHROPIC_API_KEY.
        auth_token: Sent as `Authorization: Bearer …`, instead of a key. Default:
            ANTHROPIC_AUTH_TOKEN, when there is no key.
        base_url: Where the API is. Default: ANTHROPIC_BASE_URL, else https://api.anthropic.com.
        betas: Beta features to use in every call. A string is one beta.
        default_headers: Headers of every request; None removes a default.
        timeout: Seconds, or an httpx.Timeout that is taken as it is. Default: 5 s to connect, 60 s
            for everything else, and as long for the whole body.
        max_retries: Further attempts after a failed one. Default 2.
        http_client: An httpx.AsyncClient to send with. It stays open when this client is closed.
        allow_insecure_http: Let base_url be plain http beyond this machine. Default: do not.

    Raises:
        MissingCredentialsError: There is no credential at all.
        ValueError, TypeError: An argument cannot be used.

    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        auth_token: str | None = None,
        base_url: str | None = None,
        betas: Iterable[AnthropicBeta] | str | None = None,
        default_headers: Headers | None = None,
        timeout: float | httpx.Timeout | None = None,
        max_retries: int | None = None,
        http_client: httpx.AsyncClient | None = None,
        allow_insecure_http: bool = False,
    ) -> None:
        if http_client is not None and not isinstance(http_client, httpx.AsyncClient):  # pyright: ignore[reportUnnecessaryIsInstance] - callers without a type checker
            raise TypeError("http_client must be an httpx.AsyncClient; Client takes the sync one")
        chosen = settings(
            api_key=api_key,
            auth_token=auth_token,
            base_url=base_url,
            betas=betas,
            default_headers=default_headers,
            timeout=timeout,
            max_retries=max_retries,
            allow_insecure_http=allow_insecure_http,
            environ=os.environ,
            authenticated_elsewhere=http_client is not None and authenticates(http_client),
        )
        owned = http_client is None
        self._set_up(chosen, Sender(http_client or httpx.AsyncClient(), owns_http=owned))

    def _set_up(self, chosen: Settings, sender: Sender) -> None:
        self._settings = chosen
        self._sender = sender
        self.models = AsyncModels(sender, chosen)

    @property
    def base_url(self) -> str:
        """Where the API is."""
        return self._settings.base_url

    @property
    def is_closed(self) -> bool:
        """Whether the client, or the httpx client it sends with, is closed."""
        return self._sender.is_closed

    @property
    def generated(self) -> anthropic_models_generated.Client:
        """A generated client with the same base URL, credential, headers, timeout and connections.

        The way out to everything that is generated but not offered here. Its functions raise what
        httpx raises, and do not retry.
        """
        return generated_client(self._settings, self._sender)

    def with_options(
        self,
        *,
        api_key: str | None = None,
        auth_token: str | None = None,
        base_url: str | None = None,
        betas: Iterable[AnthropicBeta] | str | None = None,
        default_headers: Headers | None = None,
        timeout: float | httpx.Timeout | None = None,
        max_retries: int | None = None,
        allow_insecure_http: bool | None = None,
    ) -> "AsyncClient":
        """Return a client that shares this one's connections, with what is given changed.

        What is given replaces what this client has. Closing the new client leaves this one open.
        """
        changed = self._settings.changed(
            api_key=api_key,
            auth_token=auth_token,
            base_url=base_url,
            betas=betas,
            default_headers=default_headers,
            timeout=timeout,
            max_retries=max_retries,
            allow_insecure_http=allow_insecure_http,
        )
        client = AsyncClient.__new__(AsyncClient)
        client._set_up(changed, Sender(self._sender.http, owns_http=False))
        return client

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

    def __repr__(self) -> str:
        return f"<AsyncClient of {self.base_url}{', closed' if self.is_closed else ''}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a client holds connections and a credential, so it cannot be pickled or "
            "copied; make a new one, or use with_options()"
        )
