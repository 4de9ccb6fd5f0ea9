"""Makes generated/ from openapi.yaml and its overlays: `python -m generator.regenerate`.

`regenerate` is the command. `documents` reads and writes YAML, `checks` refuses what is not
supported, `portable` applies the overlays, `prepared` rewrites what openapi-python-client cannot
read, `templates` patches its templates, `facts` passes them what the generator leaves out,
`artefact` writes document.json, and `proof` checks the result before it is swapped in. `package/`
is copied into the generated package as it is.
"""
