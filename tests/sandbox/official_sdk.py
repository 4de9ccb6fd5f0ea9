"""Lists models with the official SDK; run by an interpreter that has it, and not by pytest.

    python official_sdk.py BASE_URL LIMIT

Prints the version of the SDK and every model as JSON.
"""

import json
import sys

import anthropic

base_url, limit = sys.argv[1:]
with anthropic.Anthropic(api_key="any", base_url=base_url) as client:
    listing = client.beta.models.list(limit=int(limit), betas=["skills-2025-10-02", "unknown"])
    models = [model.model_dump(mode="json") for model in listing]
json.dump({"version": anthropic.__version__, "models": models}, sys.stdout)
