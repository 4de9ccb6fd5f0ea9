"""Measures the wrapper beside other clients: `python -m benchmarks.bench`.

README.md says how it is measured; RESULTS.md has the results.
"""
