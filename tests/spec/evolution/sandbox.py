"""Asks the sandbox of the later API for what is new."""

import httpx
from anthropic_models import Client
from anthropic_models.sandbox import Sandbox

HEADERS = {"X-Api-Key": "any", "anthropic-version": "2023-06-01"}

with Sandbox(3) as sandbox:
    with Client(base_url=sandbox.base_url, api_key="any") as client:
        assert (
            len(list(client.models.list(extra_query={"example_stage": ["active", "retired"]})))
            == 3
        )
    for url in ("/v1/models?example_stage=asleep", "/v1/examples/made-up-model-000001"):
        response = httpx.get(sandbox.base_url + url, headers=HEADERS)
        body = response.json()
        print(response.status_code, body["error"]["message"] if "error" in body else body["id"])
    for request in sandbox.requests:
        print(request.path, dict(request.query))
