"""Makes the files for other teams, and compares openapi.yaml with revisions and the real API.

`python -m sharing.share` writes dist/spec/, `sharing.spec_diff` lists what changed since a
revision, and `sharing.live_check` lists where the real API differs from the document.
"""
