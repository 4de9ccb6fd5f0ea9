"""The base class of both clients: arguments, settings and repr."""

import os
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Self, TypeVar, Unpack

import httpx
from anthropic_models_generated.request import Request

from ._core.call import Call, CallOptions, build_call
from ._core.credentials import sends_credential
from ._core.headers import Betas, Headers
from ._core.secret import Secret, without_traceback
from ._core.settings import ClientOptions, Settings, changed_settings, settings

if TYPE_CHECKING:
    from ._core.pagination import PageRequest

Http = TypeVar("Http", httpx.Client, httpx.AsyncClient)
T = TypeVar("T")


class BaseClient(ABC, Generic[Http]):
    """What sync and async clients have in common; it does no I/O."""

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
            base_url: The URL of the API, without `/v1`. Default: ANTHROPIC_BASE_URL, else
                https://api.anthropic.com.
            betas: Beta features to use in every call. A string is one beta.
            default_headers: Headers of every request; None removes a default header.
            timeout: Seconds, or an httpx.Timeout, which is used unchanged. Default: 5 s to
                connect, 60 s for everything else. The `read` part limits the whole response.
            max_retries: How often a failed request is retried. Default: 2.
            http_client: An httpx client to send requests with; an httpx.Client for Client, an
                httpx.AsyncClient for AsyncClient. Closing this client leaves it open.
            allow_insecure_http: Allow a base_url with http:// (unencrypted) for other hosts than
                this machine. Default: False.

        Raises:
            MissingCredentialsError: There is no API key and no token.
            ValueError, TypeError: An argument has a wrong value.

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
        # From here on, no local variable holds a credential that a traceback could show.
        del api_key, auth_token, base_url, default_headers
        kind = self._http_kind()
        if http_client is not None and not isinstance(http_client, kind):  # pyright: ignore[reportUnnecessaryIsInstance] - callers without a type checker
            given = type(http_client).__name__  # not its repr: it may be the URL of a proxy
            del http_client
            raise TypeError(f"http_client must be an httpx.{kind.__name__}, not {given}")
        sends = http_client is not None and sends_credential(http_client)
        self._settings = without_traceback(
            settings, options, Secret(os.environ), http_client_sends_credential=sends
        )
        self._create_sender(http_client)

    @staticmethod
    @abstractmethod
    def _http_kind() -> type[Http]:
        """Return the class of httpx client that this client accepts."""

    @abstractmethod
    def _create_sender(self, http: Http | None) -> None:
        """Create the sender, over the httpx client if there is one.

        Raises ValueError when the proxy setting for the base URL is not valid.
        """

    @abstractmethod
    def _share_connections(self) -> None:
        """Replace the sender, copied from another client, by one that shares its connections."""

    _settings: Settings

    @property
    @abstractmethod
    def is_closed(self) -> bool:
        """Whether the client, or the httpx client it sends with, is closed."""

    @property
    def base_url(self) -> str:
        """The URL of the API."""
        return self._settings.base_url

    def with_options(self, **options: Unpack[ClientOptions]) -> Self:
        """Return a client that shares this one's connections, with the given options changed.

        The options are the arguments of the client, except `http_client`. Closing the new client
        leaves this one open.
        """
        hidden: Secret[ClientOptions] = Secret(options)
        del options
        changed = without_traceback(changed_settings, self._settings, hidden)
        client: Self = object.__new__(type(self))
        vars(client).update(vars(self))  # including the attributes of a subclass
        client._settings = changed
        client._share_connections()
        return client

    def _call(self, request: Request[T], options: Secret[CallOptions]) -> Call[T]:
        return without_traceback(build_call, self._settings, request, options)

    def _prepare_listing(
        self, request: Request[Any], options: Secret[CallOptions], max_items: int | None
    ) -> "tuple[Call[Any], PageRequest]":
        from ._core.pagination import build_listing_call, first_page_request

        page_request = first_page_request(request, max_items=max_items)
        call = without_traceback(build_listing_call, self._settings, request, options)
        return call, page_request

    def __repr__(self) -> str:
        # A traceback may show it before __init__ has set all attributes.
        if not {"_settings", "_sender"} <= self.__dict__.keys():
            return f"<{type(self).__name__}>"
        closed = ", closed" if self.is_closed else ""
        return f"<{type(self).__name__} of {self.base_url}{closed}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a client holds connections and a credential, so it cannot be pickled or "
            "copied; make a new one, or use with_options()"
        )
