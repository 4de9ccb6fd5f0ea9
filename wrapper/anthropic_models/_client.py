"""What both clients have in common: their arguments, and what they show of themselves."""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Generic, NoReturn, Self

import anthropic_models_generated
import httpx

from ._core.base_url import checked_base_url
from ._core.credential import authenticates
from ._core.headers import AnthropicBeta, Headers
from ._core.secret import Secret
from ._core.settings import DEFAULTS, Environment, Settings, settings
from ._http import Http, own_http_client


class BaseClient(ABC, Generic[Http]):
    """A client before it is decided how it sends."""

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
        http_client: Http | None = None,
        allow_insecure_http: bool = False,
    ) -> None:
        """Make a client.

        Args:
            api_key: Sent as `X-Api-Key`. Default: the environment variable ANTHROPIC_API_KEY.
            auth_token: Sent as `Authorization: Bearer …`, instead of a key. Default:
                ANTHROPIC_AUTH_TOKEN, when there is no key.
            base_url: Where the API is. Default: ANTHROPIC_BASE_URL, else
                https://api.anthropic.com.
            betas: Beta features to use in every call. A string is one beta.
            default_headers: Headers of every request; None removes a default.
            timeout: Seconds, or an httpx.Timeout that is taken as it is. Default: 5 s to connect,
                60 s for everything else, and as long for the whole body.
            max_retries: Further attempts after a failed one. Default 2.
            http_client: An httpx client to send with; an httpx.Client for Client, an
                httpx.AsyncClient for AsyncClient. It stays open when this client is closed.
            allow_insecure_http: Let base_url be plain http beyond this machine. Default: do not.

        Raises:
            MissingCredentialsError: There is no credential at all.
            ValueError, TypeError: An argument cannot be used.

        """
        # From here on the credential shows in no traceback.
        key = None if api_key is None else Secret(api_key)
        token = None if auth_token is None else Secret(auth_token)
        del api_key, auth_token
        kind = self._http_kind()
        if http_client is not None and not isinstance(http_client, kind):  # pyright: ignore[reportUnnecessaryIsInstance] - callers without a type checker
            raise TypeError(f"http_client must be an httpx.{kind.__name__}, not {http_client!r}")
        environment = _environment()
        if base_url is None and environment.base_url is not None:
            base_url = checked_base_url(
                environment.base_url, allow_insecure_http, "ANTHROPIC_BASE_URL"
            )
        given = DEFAULTS.changed(
            api_key=key,
            auth_token=token,
            base_url=base_url,
            betas=betas,
            default_headers=default_headers,
            timeout=timeout,
            max_retries=max_retries,
            allow_insecure_http=allow_insecure_http,
        )
        elsewhere = http_client is not None and authenticates(http_client)
        chosen = settings(given, environment, authenticated_elsewhere=elsewhere)
        http = http_client or own_http_client(kind, chosen.base_url)
        self._set_up(chosen, http, owns_http=http_client is None)

    @staticmethod
    @abstractmethod
    def _http_kind() -> type[Http]:
        """Return the class of httpx client that this client sends with."""

    @abstractmethod
    def _set_up(self, chosen: Settings, http: Http, *, owns_http: bool) -> None:
        """Keep the settings, and make what sends over the httpx client."""

    @abstractmethod
    def _share(self, chosen: Settings) -> None:
        """Take other settings, and send over the connections of the client copied from."""

    _settings: Settings

    @property
    @abstractmethod
    def is_closed(self) -> bool:
        """Whether the client, or the httpx client it sends with, is closed."""

    @property
    @abstractmethod
    def generated(self) -> anthropic_models_generated.Client:
        """A generated client with the same base URL, credential, headers, timeout and connections.

        The way out to everything that is generated but not offered here. Its functions raise what
        httpx raises, and do not retry.
        """

    @property
    def base_url(self) -> str:
        """Where the API is."""
        return self._settings.base_url

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
    ) -> Self:
        """Return a client that shares this one's connections, with what is given changed.

        What is given replaces what this client has. Closing the new client leaves this one open.
        """
        key = None if api_key is None else Secret(api_key)
        token = None if auth_token is None else Secret(auth_token)
        del api_key, auth_token
        changed = self._settings.changed(
            api_key=key,
            auth_token=token,
            base_url=base_url,
            betas=betas,
            default_headers=default_headers,
            timeout=timeout,
            max_retries=max_retries,
            allow_insecure_http=allow_insecure_http,
        )
        client: Self = object.__new__(type(self))
        vars(client).update(vars(self))  # what a subclass has of its own
        client._share(changed)
        return client

    def __repr__(self) -> str:
        if "_settings" not in self.__dict__:  # a traceback may show it half made
            return f"<{type(self).__name__}>"
        closed = ", closed" if self.is_closed else ""
        return f"<{type(self).__name__} of {self.base_url}{closed}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a client holds connections and a credential, so it cannot be pickled or "
            "copied; make a new one, or use with_options()"
        )


def _environment() -> Environment:
    key = os.environ.get("ANTHROPIC_API_KEY")
    token = os.environ.get("ANTHROPIC_AUTH_TOKEN")
    return Environment(
        api_key=Secret(key) if key else None,
        auth_token=Secret(token) if token else None,
        base_url=os.environ.get("ANTHROPIC_BASE_URL") or None,
    )
