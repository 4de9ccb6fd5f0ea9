"""Text from elsewhere, made safe to show."""


def printable(text: str) -> str:
    """Return the text on one line, with everything escaped that a terminal may obey."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )
