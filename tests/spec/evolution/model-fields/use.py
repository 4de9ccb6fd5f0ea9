"""Lists models whose new fields are full, null, unheard of, and missing."""

import datetime

from anthropic_models import Client
from anthropic_models_generated.models import KnownLifecycle
from anthropic_models_generated.types import Unset

with Client() as client:
    full, null, unheard_of, missing = client.models.list()

assert full.lifecycle is KnownLifecycle.DEPRECATED
limits: tuple[int | Unset | None, ...] = (full.max_input_tokens, full.max_tokens)
assert limits == (200_000, 64_000)
retires_at: datetime.datetime | Unset | None = full.retires_at
assert retires_at == datetime.datetime(2027, 5, 14, tzinfo=datetime.UTC)
fallbacks: list[str] | Unset | None = full.allowed_fallback_models
assert fallbacks == ["claude-sonnet-4-5-20250929"]

assert null.max_tokens is None
assert null.retires_at is None
assert null.allowed_fallback_models is None

stage: KnownLifecycle | str | Unset = unheard_of.lifecycle
assert stage == "hibernating"

assert isinstance(missing.lifecycle, Unset)
assert isinstance(missing.max_tokens, Unset)

print([sorted(model.additional_properties) for model in (full, null, unheard_of, missing)])
