"""Lists the models of the Anthropic API."""
