"""Builds the wheel and the sdist, and checks them: `python -m releasing.release_check`."""
