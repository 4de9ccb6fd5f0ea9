"""Lists models with a new beta, which is a member like those before."""

from anthropic_models import Client, KnownAnthropicBeta

assert KnownAnthropicBeta("example-stage-2099-09-01").name == "EXAMPLE_STAGE_2099_09_01"

with Client(betas=[KnownAnthropicBeta.EXAMPLE_2M_2099_11_01]) as client:
    client.models.list(limit=20, betas=["example-others-2099-10-15"])
