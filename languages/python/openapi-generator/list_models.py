"""Lists every model, page by page."""

import os
import sys

import models
from models.models import ErrorResponse, KnownAnthropicBeta

key = os.environ.get("ANTHROPIC_API_KEY")
configuration = models.Configuration(
    host=os.environ.get("ANTHROPIC_BASE_URL", "https://api.anthropic.com"),
    api_key={"ApiKey": key} if key else {},  # an empty key would raise a TypeError
)
known = KnownAnthropicBeta.CONTEXT_MINUS_1M_MINUS_2025_MINUS_08_MINUS_07.value
betas = f"{known},not-yet-known-2027-01-01"
with models.ApiClient(configuration) as client:
    api = models.ModelsApi(client)
    after_id = None
    try:
        while True:
            page = api.list_models("2023-06-01", after_id, limit=10, anthropic_beta=betas)
            for model in page.data:
                print(model.id)
            if not page.has_more:
                break
            after_id = page.last_id
    except models.ApiException as failure:
        response = ErrorResponse.from_json(failure.body)
        sys.exit(f"{response.error.type}: {response.error.message} ({response.request_id})")
