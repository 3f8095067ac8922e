"""Texts in Groovy."""


def as_groovy(text: str) -> str:
    """Return `text` as a string of Groovy in which nothing is replaced; one of many lines spans as many."""
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'''{quoted}\n'''" if "\n" in text else f"'{quoted}'"
