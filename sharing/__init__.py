"""Makes what other teams take from openapi.yaml, and compares it with what was and what is.

`python -m sharing.share` writes dist/spec/, `sharing.spec_diff` lists what changed since a
revision, and `sharing.live_check` lists where the real API differs from the document.
"""
