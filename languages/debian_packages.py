"""Prints the packages of Debian that the clients in other languages need.

python3 languages/debian_packages.py

CI runs it to know what to install, before anything of this project is there: it imports nothing.
"""

import tomllib
from pathlib import Path


def main() -> None:
    """Print the names in one line."""
    settings = Path(__file__).parent.glob("*/*/client.toml")
    tables = (tomllib.loads(path.read_text("utf-8")) for path in settings)
    print(*sorted({name for table in tables for name in table.get("debian", ())}))


if __name__ == "__main__":
    main()
