"""Makes generated/ from openapi.yaml and its overlays: `python -m generator.regenerate`.

`regenerate` is the command. `documents` reads and writes YAML, `document_checks` and
`request_checks` refuse what is not supported, `overlays` applies the overlays, `schema_rewrites`
rewrites what openapi-python-client cannot read, `templates` patches its templates, `template_data`
passes them what the generator leaves out, `document_json` writes document.json, and
`package_checks` checks the result before it is swapped in. `package/` is copied into the generated
package as it is.
"""
