"""Makes generated/ from openapi.yaml and its overlays: `python -m generator.regenerate`.

`documents` reads and writes the YAML, `portable` applies the overlays, and `templates` changes the
templates of openapi-python-client.
"""
