"""What `anthropic-models list --format id` does, with plain httpx."""

import os

from bare_httpx import connected, models

with connected(os.environ["ANTHROPIC_BASE_URL"]) as client:
    for model in models(client, 1000):
        print(model["id"])
