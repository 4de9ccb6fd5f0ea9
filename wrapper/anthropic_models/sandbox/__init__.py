"""A local mock server of the Models API (extra `sandbox`).

```python
from anthropic_models import Client
from anthropic_models.sandbox import Sandbox

with Sandbox() as sandbox, Client(base_url=sandbox.base_url, api_key="any") as client:
    print(client.models.list(limit=3))
```

It paginates like the API, validates every request against openapi.yaml, and sends errors as
documented. It accepts any key or token that is not empty, and fails on request.
"""

try:
    from .app import SeenRequest
    from .catalogue import made_up_models, well_known_models
    from .sandbox import Sandbox
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        f"the sandbox needs {(error.name or '').partition('.')[0]}; install it with: "
        "pip install 'anthropic-models-client[sandbox]'",
        name=error.name,
    ) from None

__all__ = ["Sandbox", "SeenRequest", "made_up_models", "well_known_models"]
