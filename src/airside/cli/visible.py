"""Text of others, as it may be printed."""


def visible(text: str) -> str:
    """Return `text` with a mark for each letter that cannot be seen: one could move the cursor and hide the rest."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
