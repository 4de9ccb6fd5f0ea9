"""Measures the wrapper beside other clients: `python -m benchmarks.bench`.

README.md says how it is measured, and RESULTS.md what came of it.
"""
