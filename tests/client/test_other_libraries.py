"""Libraries that stand in for parts of this one, or of what it is made of."""

import json
from typing import Any
from unittest.mock import create_autospec

import httpcore
import pytest
from anthropic_models import AsyncClient, Client

from tests.support.scripted_server import page
from tests.support.sync_and_async import KEY, Shell


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_mock_of_a_client_has_what_a_client_has(kind: Any) -> None:
    mock = create_autospec(kind)
    mock.models.list.return_value = ["a"]
    assert mock.models.list(limit=3) == ["a"]
    instance = create_autospec(kind(api_key=KEY), instance=True)
    assert instance.models.list
    assert instance.send
    with pytest.raises(AttributeError):
        _ = instance.messages


def test_what_responds_in_the_place_of_httpcore_is_heard(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As respx does: there is no socket then, and nothing is kept."""

    def respond(_connection: object, _request: object) -> httpcore.Response:
        return httpcore.Response(200, content=json.dumps(page("a")).encode())

    async def arespond(connection: object, request: object) -> httpcore.Response:
        return respond(connection, request)

    monkeypatch.setattr(httpcore.HTTPConnection, "handle_request", respond)
    monkeypatch.setattr(httpcore.AsyncHTTPConnection, "handle_async_request", arespond)
    with shell.client("http://127.0.0.1:1") as client:
        for _ in range(2):
            assert client.models.list().first_id == "a"
