"""The way out to the generated code: a generated client that sends what the wrapper sends."""

import asyncio
from typing import Any

import httpx
import pytest
from anthropic_models import AsyncClient, Client
from anthropic_models.sandbox import Sandbox
from anthropic_models_generated.api.models import list_models
from anthropic_models_generated.models import BetaModelList, ErrorResponse

from tests.support.scripted_server import Scripted, answer, error, page
from tests.support.shells import KEY


def test_generated_functions_work_with_it(sandbox: Sandbox) -> None:
    with Client(api_key=KEY, base_url=sandbox.base_url) as client:
        listed = list_models.sync(client=client.generated, limit=5)
        refused = list_models.sync(client=client.generated, limit=0)
    assert isinstance(listed, BetaModelList)
    assert [model.id for model in listed.data] == [m["id"] for m in sandbox.models[:5]]
    assert isinstance(refused, ErrorResponse)
    assert refused.error.type_ == "invalid_request_error"


def test_cookies_do_not_pass_through_it_from_one_credential_to_another(
    scripted: Scripted,
) -> None:
    server = scripted(answer(page("a"), headers={"set-cookie": "tenant=a; path=/"}))
    with Client(base_url=server.base_url, api_key=KEY) as client:
        client.models.list()
        list_models.sync(client=client.with_options(api_key="another-key").generated)
    assert not [request for request in server.requests if "cookie" in request.headers]


def test_generated_functions_work_with_it_async(sandbox: Sandbox) -> None:
    async def main() -> object:
        async with AsyncClient(api_key=KEY, base_url=sandbox.base_url) as client:
            return await list_models.asyncio(client=client.generated, limit=5)

    listed = asyncio.run(main())
    assert isinstance(listed, BetaModelList)
    assert len(listed.data) == 5


def test_it_sends_the_credential_the_defaults_and_the_betas(scripted: Scripted) -> None:
    server = scripted(answer(page("a")))
    with Client(
        api_key=KEY,
        base_url=server.base_url + "/gateway",
        betas=["a", "b"],
        default_headers={"X-Mine": "1"},
    ) as client:
        list_models.sync(client=client.generated)
    (request,) = server.requests
    assert request.target == "/gateway/v1/models?limit=20"
    assert request.headers["x-api-key"] == KEY
    assert request.headers["anthropic-beta"] == "a,b"
    assert request.headers["x-mine"] == "1"
    assert request.headers["user-agent"].startswith("anthropic-models-client/")


@pytest.mark.parametrize(
    ("asked", "sent"), [({}, "2027-01-01"), ({"anthropic_version": "2028-01-01"}, "2028-01-01")]
)
def test_the_version_of_the_client_wins_over_that_of_the_document_but_not_over_the_call(
    scripted: Scripted, asked: dict[str, Any], sent: str
) -> None:
    server = scripted(answer(page("a")))
    version = {"Anthropic-Version": "2027-01-01"}
    with Client(api_key=KEY, base_url=server.base_url, default_headers=version) as client:
        list_models.sync(client=client.generated, **asked)
    assert server.requests[0].headers["anthropic-version"] == sent


def test_it_sends_no_betas_when_there_are_none(scripted: Scripted) -> None:
    server = scripted(answer(page("a")))
    with Client(api_key=KEY, base_url=server.base_url) as client:
        list_models.sync(client=client.generated)
    assert "anthropic-beta" not in server.requests[0].headers


def test_it_sends_no_beta_twice(scripted: Scripted) -> None:
    server = scripted(answer(page("a")))
    defaults = {"Anthropic-Beta": "a, b"}
    with Client(
        api_key=KEY, base_url=server.base_url, betas=["b", "c", "a"], default_headers=defaults
    ) as client:
        list_models.sync(client=client.generated)
    assert server.requests[0].headers["anthropic-beta"] == "a,b,c"


def test_it_shares_the_connections_and_the_timeout(scripted: Scripted) -> None:
    server = scripted(answer(page("a")))
    with Client(api_key=KEY, base_url=server.base_url, timeout=7) as client:
        client.models.list()
        list_models.sync(client=client.generated)
        assert client.generated.get_httpx_client().timeout == httpx.Timeout(7)
    assert server.connections == 1


def test_unless_given_the_timeout_is_a_minute_and_five_seconds_to_connect() -> None:
    with Client(api_key=KEY) as client:
        default = client.generated.get_httpx_client().timeout
    assert default == httpx.Timeout(connect=5, read=60, write=60, pool=60)


def test_it_may_be_used_in_a_with_statement_any_number_of_times(scripted: Scripted) -> None:
    server = scripted(answer(page("a")))
    with Client(api_key=KEY, base_url=server.base_url) as client:
        for _ in range(2):
            with client.generated as generated:
                assert list_models.sync(client=generated)
        client.models.list()
    assert server.connections == 1


def test_it_works_over_an_injected_client(scripted: Scripted) -> None:
    seen: list[str] = []

    def note(request: httpx.Request) -> None:
        seen.append(request.url.path)

    server = scripted(answer(page("a")))
    with httpx.Client(event_hooks={"request": [note]}) as http:
        client = Client(api_key=KEY, base_url=server.base_url, http_client=http)
        list_models.sync(client=client.generated)
    assert seen == ["/v1/models"]


def test_it_does_not_follow_redirects(scripted: Scripted) -> None:
    other = scripted(answer(page("a")))
    server = scripted(answer(b"", status=302, headers={"location": other.base_url}))
    with Client(api_key=KEY, base_url=server.base_url) as client:
        assert list_models.sync_detailed(client=client.generated).status_code == 302
    assert other.requests == []


def test_the_error_of_a_documented_status_is_parsed(scripted: Scripted) -> None:
    server = scripted(error(401, "authentication_error", "who are you"))
    with Client(api_key=KEY, base_url=server.base_url) as client:
        refused = list_models.sync(client=client.generated)
    assert isinstance(refused, ErrorResponse)
    assert refused.error.message == "who are you"


def test_it_shows_no_secret() -> None:
    with Client(api_key=KEY) as client:
        assert KEY not in repr(client.generated)
    assert KEY not in repr(AsyncClient(api_key=KEY).generated)


def test_of_a_closed_client_it_refuses(scripted: Scripted) -> None:
    server = scripted(answer(page("a")))
    client = Client(api_key=KEY, base_url=server.base_url)
    generated = client.generated
    client.close()
    with pytest.raises(httpx.TransportError, match="closed"):
        list_models.sync(client=generated)

    async def main() -> None:
        asynchronous = AsyncClient(api_key=KEY, base_url=server.base_url)
        generated = asynchronous.generated
        await asynchronous.close()
        with pytest.raises(httpx.TransportError, match="closed"):
            await list_models.asyncio(client=generated)

    asyncio.run(main())
    assert server.requests == []


def test_the_functions_of_the_other_kind_are_refused_with_a_sentence() -> None:
    with Client(api_key=KEY) as client:
        coroutine = list_models.asyncio(client=client.generated)
        with pytest.raises(httpx.TransportError, match=r"take AsyncClient\(\)\.generated"):
            asyncio.run(coroutine)
    with pytest.raises(httpx.TransportError, match=r"take Client\(\)\.generated"):
        list_models.sync(client=AsyncClient(api_key=KEY).generated)


def test_defaults_that_were_removed_are_not_sent(scripted: Scripted) -> None:
    server = scripted(answer(page("a")))
    nothing = {"User-Agent": None, "Accept-Encoding": None}
    with Client(api_key=KEY, base_url=server.base_url, default_headers=nothing) as client:
        list_models.sync(client=client.generated)
    (request,) = server.requests
    assert "user-agent" not in request.headers
    assert "accept-encoding" not in request.headers


def test_over_an_injected_client_it_sends_what_that_sends(scripted: Scripted) -> None:
    server = scripted(answer(page("a")))
    with httpx.Client(
        headers={"X-Mine": "1"}, cookies={"session": "2"}, params={"mine": "3"}
    ) as http:
        client = Client(api_key=KEY, base_url=server.base_url, http_client=http)
        list_models.sync(client=client.generated, limit=5)
        client.models.list(limit=5)
    generated, ours = server.requests
    assert generated.headers["x-mine"] == ours.headers["x-mine"] == "1"
    assert generated.headers["cookie"] == ours.headers["cookie"] == "session=2"
    assert generated.headers["user-agent"] == ours.headers["user-agent"]
    for request in (generated, ours):
        assert httpx.URL(request.target).params == httpx.QueryParams(mine="3", limit="5")


def test_a_parameter_that_is_a_list_arrives_whole(scripted: Scripted) -> None:
    server = scripted(answer(page("a")))
    with httpx.Client(params={"mine": ["1", "2"]}) as http:
        client = Client(api_key=KEY, base_url=server.base_url, http_client=http)
        sending = client.generated.get_httpx_client()
        sending.get("/v1/models", params={"lifecycle": ["active", "retired"], "q": "ü &"})
        sending.get("/v1/models", params={"mine": "3"})
        client.models.list(limit=1, extra_query={"lifecycle": ["active", "retired"]})
    targets = [httpx.URL(request.target).params.multi_items() for request in server.requests]
    both = [("lifecycle", "active"), ("lifecycle", "retired")]
    assert targets[0] == [("mine", "1"), ("mine", "2"), *both, ("q", "ü &")]
    assert targets[1] == [("mine", "3")]
    assert sorted(targets[2]) == sorted([("mine", "1"), ("mine", "2"), *both, ("limit", "1")])


def test_a_request_without_parameters_stays_so(scripted: Scripted) -> None:
    server = scripted(answer(page("a")))
    with Client(api_key=KEY, base_url=server.base_url) as client:
        client.generated.get_httpx_client().get("/v1/models/a-model")
    assert server.requests[0].target == "/v1/models/a-model"
