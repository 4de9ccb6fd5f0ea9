"""What both clients have in common: their arguments, and how they are shown."""

import os
from abc import ABC, abstractmethod
from typing import Any, Generic, NoReturn, Self, TypeVar, Unpack

import httpx
from anthropic_models_generated.request import Request

from ._core.call import Call, CallOptions, checked_call
from ._core.credentials import authenticates
from ._core.headers import Betas, Headers
from ._core.pagination import PageRequest, build_listing_call, first_page_request
from ._core.secret import Secret, without_frames
from ._core.settings import ClientOptions, Settings, changed_settings, settings

Http = TypeVar("Http", httpx.Client, httpx.AsyncClient)
T = TypeVar("T")


class BaseClient(ABC, Generic[Http]):
    """The settings of a client, without what sends."""

    def __init__(
        self,
        *,
        api_key: str | None = None,
        auth_token: str | None = None,
        base_url: str | None = None,
        betas: Betas | None = None,
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
            base_url: Where the API is. Default: ANTHROPIC_BASE_URL, else the server of the
                document, https://api.anthropic.com.
            betas: Beta features to use in every call. A string is one beta.
            default_headers: Headers of every request; None removes a default.
            timeout: Seconds, or an httpx.Timeout that is taken as it is. Default: 5 s to connect,
                60 s for everything else. The `read` part bounds the whole response.
            max_retries: Further attempts after a failed one. Default 2.
            http_client: An httpx client to send with; an httpx.Client for Client, an
                httpx.AsyncClient for AsyncClient. It stays open when this client is closed.
            allow_insecure_http: Let base_url be plain http beyond this machine. Default: do not.

        Raises:
            MissingCredentialsError: There is no credential at all.
            ValueError, TypeError: An argument cannot be used.

        """
        options: Secret[ClientOptions] = Secret(
            {
                "api_key": api_key,
                "auth_token": auth_token,
                "base_url": base_url,
                "betas": betas,
                "default_headers": default_headers,
                "timeout": timeout,
                "max_retries": max_retries,
                "allow_insecure_http": allow_insecure_http,
            }
        )
        # From here on no credential shows in a traceback.
        del api_key, auth_token, base_url, default_headers
        kind = self._http_kind()
        if http_client is not None and not isinstance(http_client, kind):  # pyright: ignore[reportUnnecessaryIsInstance] - callers without a type checker
            raise TypeError(f"http_client must be an httpx.{kind.__name__}, not {http_client!r}")
        elsewhere = http_client is not None and authenticates(http_client)
        self._settings = without_frames(
            settings, options, Secret(os.environ), authenticated_elsewhere=elsewhere
        )
        self._set_up(http_client)

    @staticmethod
    @abstractmethod
    def _http_kind() -> type[Http]:
        """Return the class of httpx client that this client can send with."""

    @abstractmethod
    def _set_up(self, http: Http | None) -> None:
        """Make what sends, over the httpx client or over connections of our own.

        Raises ValueError when the base URL needs a proxy whose setting cannot be used.
        """

    @abstractmethod
    def _share(self) -> None:
        """Send over the connections of the client that this one was copied from."""

    _settings: Settings

    @property
    @abstractmethod
    def is_closed(self) -> bool:
        """Whether the client, or the httpx client it sends with, is closed."""

    @property
    def base_url(self) -> str:
        """Where the API is."""
        return self._settings.base_url

    def with_options(self, **options: Unpack[ClientOptions]) -> Self:
        """Return a client that shares this one's connections, with the given options changed.

        An option replaces what this client has; its arguments are those of the client except
        `http_client`. Closing the new client leaves this one open.
        """
        hidden: Secret[ClientOptions] = Secret(options)
        del options
        changed = without_frames(changed_settings, self._settings, hidden)
        client: Self = object.__new__(type(self))
        vars(client).update(vars(self))  # what a subclass has of its own
        client._settings = changed
        client._share()
        return client

    def _call(self, request: Request[T], options: Secret[CallOptions]) -> Call[T]:
        return without_frames(checked_call, self._settings, request, options)

    def _prepare_listing(
        self, request: Request[Any], options: Secret[CallOptions], max_items: int | None
    ) -> tuple[Call[Any], PageRequest]:
        page_request = first_page_request(request, max_items=max_items)
        return without_frames(build_listing_call, self._settings, request, options), page_request

    def __repr__(self) -> str:
        # A traceback may show it half made.
        if not {"_settings", "_sender"} <= self.__dict__.keys():
            return f"<{type(self).__name__}>"
        closed = ", closed" if self.is_closed else ""
        return f"<{type(self).__name__} of {self.base_url}{closed}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a client holds connections and a credential, so it cannot be pickled or "
            "copied; make a new one, or use with_options()"
        )
