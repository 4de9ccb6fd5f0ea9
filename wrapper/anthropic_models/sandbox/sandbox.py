"""The class `Sandbox`, which tests and programs start and control."""

from collections.abc import Iterable
from types import TracebackType
from typing import Self

from anthropic_models_generated.models import BetaModelInfo

from .app import App, SeenRequest
from .arguments import checked_int, checked_seconds
from .catalogue import Model, catalogue
from .server import BackgroundServer


class Sandbox:
    """A local mock server of the Models API, to be used in a `with` statement.

    Args:
        models: How many models to make up (0 to 1,000,000), or the models themselves, more
            recently released ones first. Default: some well-known ones.
        host: The address to listen on. Default: loopback only.
        port: The port to listen on, 0 to 65535. Default: any free one.
        delay: Seconds to wait before every response. Default: none.

    Raises:
        TypeError, ValueError: An argument has a wrong value.

    """

    def __init__(
        self,
        models: int | Iterable[Model | BetaModelInfo] | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        delay: float = 0.0,
    ) -> None:
        checked_int("port", port, 0, 65535)
        if not host:
            raise ValueError("host must not be empty; 0.0.0.0 and :: are all addresses")
        self._host = host
        self._port = port
        self._app = App(catalogue(models))
        self._server: BackgroundServer | None = None
        self._base_url = ""
        self.delay = delay

    @property
    def base_url(self) -> str:
        """The base URL for clients on this machine; `stop()` does not change it.

        Raises:
            RuntimeError: The sandbox was never started.

        """
        if not self._base_url:
            raise RuntimeError("the sandbox has no address before it is started")
        return self._base_url

    @property
    def models(self) -> list[Model]:
        """The models that it lists, as JSON objects; may be changed while it runs.

        Made-up models are all created when this is first accessed.
        """
        if not isinstance(self._app.pages.models, list):
            self._app.pages.models = list(self._app.pages.models)
        return self._app.pages.models

    @models.setter
    def models(self, models: int | Iterable[Model | BetaModelInfo] | None) -> None:
        self._app.pages.models = catalogue(models)

    @property
    def requests(self) -> list[SeenRequest]:
        """The requests so far, in the order in which they arrived."""
        return self._app.requests

    @property
    def delay(self) -> float:
        """Seconds to wait before every response; may be changed while it runs."""
        return self._app.delay

    @delay.setter
    def delay(self, delay: float) -> None:
        self._app.delay = checked_seconds("delay", delay)

    def fail_next(self, status: int, times: int = 1, *, retry_after: float | None = None) -> None:
        """Respond to the next `times` requests with an error.

        Earlier calls of `fail_next` and `drop_next` take effect first.

        Args:
            status: 400 to 599. The error type and the message are as in openapi.yaml.
            times: How many requests.
            retry_after: Seconds, sent as the header `retry-after`. Default: no such header.

        """
        self._app.faults.fail(status, times, retry_after)

    def drop_next(self, times: int = 1) -> None:
        """Reset the connections of the next `times` requests instead of responding.

        Earlier calls of `fail_next` and `drop_next` take effect first. Such a request is in
        `requests`, with None as its status.
        """
        self._app.faults.drop(times)

    def start(self) -> None:
        """Serve in the background until `stop()`.

        Raises:
            OSError: The address cannot be listened on.
            RuntimeError: The sandbox is running already.

        """
        if self._server is not None:
            raise RuntimeError(f"the sandbox is running already, at {self._base_url}")
        self._server = BackgroundServer(self._app, self._host, self._port)
        self._base_url = self._server.base_url

    def stop(self) -> None:
        """Stop serving and wait for that; does nothing when it is not running."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
