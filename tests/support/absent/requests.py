"""What `import requests` finds where it is not installed, as far as an import can tell."""

raise ModuleNotFoundError("No module named 'requests'", name="requests")
