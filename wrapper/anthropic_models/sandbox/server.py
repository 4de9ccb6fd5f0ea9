"""Runs the sandbox: a real server on a real socket, in a thread."""

import socket
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Self

import uvicorn

from .app import App, SeenRequest
from .catalogue import Model, made_up_models, well_known_models


class Sandbox:
    """A local stand-in for the Models API, to be used in a `with` statement.

    Attributes:
        base_url: Where it listens.

    Args:
        models: How many models to make up, or the models themselves as the API writes them, more
            recently released ones first. Default: some well-known ones.
        host: The address to listen at. Default: loopback only.
        port: The port to listen at. Default: any free one.

    """

    def __init__(
        self,
        models: int | Iterable[Model] | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._app = App(_catalogue(models))
        self._socket = socket.create_server((host, port), reuse_port=False)
        # Accepted sockets inherit it; without it every answer waits 40 ms for an acknowledgement.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.base_url = f"http://{host}:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            self._app.asgi,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, name="models-sandbox", daemon=True)

    @property
    def models(self) -> list[Model]:
        """The models that it lists; may be changed while it runs."""
        return self._app.models

    @property
    def requests(self) -> list[SeenRequest]:
        """The requests answered so far."""
        return self._app.requests

    def start(self) -> None:
        """Serve in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and wait until that is done."""
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])

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


def _catalogue(models: int | Iterable[Model] | None) -> list[Model]:
    if models is None:
        return well_known_models()
    return made_up_models(models) if isinstance(models, int) else list(models)
