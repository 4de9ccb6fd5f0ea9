"""The version of the distribution; this is its only place."""

__version__ = "0.1.0"
