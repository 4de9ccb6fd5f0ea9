"""Lists models with a new beta, which is a member like those before."""

from anthropic_models import Client, KnownAnthropicBeta

assert KnownAnthropicBeta("model-lifecycle-2026-09-01").name == "MODEL_LIFECYCLE_2026_09_01"

with Client(betas=[KnownAnthropicBeta.CONTEXT_2M_2026_11_01]) as client:
    client.models.list(limit=20, betas=["fallback-models-2026-10-15"])
