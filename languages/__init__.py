"""Proves openapi.yaml in other languages: `python -m languages.run`.

Each folder here holds a small program in one language. It is built on a client that a generator of
that language makes from the document, and runs against the sandbox.
"""
