"""Lists models whose new fields are full, null, unheard of, and missing."""

import datetime

from anthropic_models import Client
from anthropic_models_generated.models import KnownExampleStage
from anthropic_models_generated.types import Unset

with Client() as client:
    full, null, unheard_of, missing = client.models.list()

assert full.example_stage is KnownExampleStage.DEPRECATED
limits: tuple[int | Unset | None, ...] = (full.example_size, full.example_limit)
assert limits == (200_000, 64_000)
example_until: datetime.datetime | Unset | None = full.example_until
assert example_until == datetime.datetime(2027, 5, 14, tzinfo=datetime.UTC)
fallbacks: list[str] | Unset | None = full.example_others
assert fallbacks == ["claude-sonnet-4-5-20250929"]

assert null.example_limit is None
assert null.example_until is None
assert null.example_others is None

stage: KnownExampleStage | str | Unset = unheard_of.example_stage
assert stage == "hibernating"

assert isinstance(missing.example_stage, Unset)
assert isinstance(missing.example_limit, Unset)

print([sorted(model.additional_properties) for model in (full, null, unheard_of, missing)])
