"""Makes generated/ from openapi.yaml and its overlays: `python -m generator.regenerate`.

`regenerate` is the command. `documents` reads and writes YAML, `checks` refuses what is not
supported, `portable` applies the overlays, `prepared` rewrites what openapi-python-client cannot
read, `templates` patches its templates, `operation_data` passes them what the generator leaves
out, `document_json` writes document.json, and `proof` checks the result before it is swapped in.
`package/` is copied into the generated package as it is.
"""
