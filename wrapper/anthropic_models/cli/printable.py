"""Escapes control characters, which a terminal would interpret."""


def printable(text: str) -> str:
    """Return the text with control characters escaped, line breaks included."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )
