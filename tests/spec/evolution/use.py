"""Uses what the API has gained, as docs/a-year-later.md shows it; for test_evolution.py."""

import datetime

from anthropic_models import Client, KnownAnthropicBeta
from anthropic_models_generated.api.models import get_example, list_models
from anthropic_models_generated.models import KnownExampleStage
from anthropic_models_generated.types import Unset

USABLE = [KnownExampleStage.ACTIVE, KnownExampleStage.DEPRECATED]

with Client() as client:
    full, null, unheard_of, missing = client.models.list()

assert full.example_stage is KnownExampleStage.DEPRECATED
assert (full.example_size, full.example_limit) == (200_000, 64_000)
assert full.example_until == datetime.datetime(2027, 5, 14, tzinfo=datetime.UTC)
assert full.example_others == ["claude-sonnet-4-5-20250929"]
assert (null.example_limit, null.example_until, null.example_others) == (None, None, None)
assert unheard_of.example_stage == "hibernating"
assert isinstance(missing.example_stage, Unset)
assert isinstance(missing.example_limit, Unset)
assert not any(each.additional_properties for each in (full, null, unheard_of, missing))

with Client(betas=[KnownAnthropicBeta.EXAMPLE_2M_2099_11_01]) as client:
    model = client.send(get_example.request("claude-next"))
    client.paginate(list_models.request(limit=20, example_stage=USABLE))
    client.models.list(limit=20, extra_query={"example_stage": USABLE})
