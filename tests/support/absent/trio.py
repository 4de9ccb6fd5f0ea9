"""What `import trio` finds where trio is not installed, as far as an import can tell."""

raise ModuleNotFoundError("No module named 'trio'", name="trio")
