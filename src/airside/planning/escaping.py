"""Making text of others harmless where a plan shows it: in a terminal, in Markdown, in HTML."""

import re
from typing import Final

MAX_TEXT: Final = 200
"""Characters of one name, value or message; what is longer is cut."""

_SPECIAL = re.compile(r"[|`\\]")
_NOT_PLAIN = re.compile(r"[^\w ]|_")
_MARKUP = re.compile(r"[\\`*_{}\[\]<>()#|~&!$^=]")


def plain(text: str, *, limit: int = MAX_TEXT) -> str:
    """Return one line of visible characters: no colours, no line breaks, nothing that turns the writing around."""
    visible = text if text.isprintable() else "".join(char if char.isprintable() else _named(char) for char in text)
    return visible if len(visible) <= limit else f"{visible[: limit - 1]}…"


def code(text: str, *, limit: int = MAX_TEXT) -> str:
    """Return the text as Markdown shows code, in a table too: no markup in it works, and nobody is notified."""
    shown = plain(text, limit=limit).strip() or " "
    # A code span cannot hold a bar in a table, nor these three safely; what is in `html` is never markup.
    return html(shown) if _SPECIAL.search(shown) else f"`{shown}`"


def html(text: str, *, limit: int = MAX_TEXT) -> str:
    """Return the text as HTML shows code; neither HTML nor Markdown finds markup in it."""
    shown = plain(text, limit=limit)
    return f"<code>{_NOT_PLAIN.sub(lambda match: f'&#{ord(match[0])};', shown)}</code>"


def prose(text: str, *, limit: int = 4 * MAX_TEXT) -> str:
    """Return a sentence as Markdown shows text: without markup, and it makes no link and notifies nobody."""
    escaped = _MARKUP.sub(lambda match: f"&#{ord(match[0])};", plain(text, limit=limit))
    return escaped.replace("@", "@&#8203;").replace("://", ":&#8203;//")


def fence(lines: list[str]) -> str:
    """Return the line that opens and closes a block of code with these lines: longer than any like it in them."""
    longest = max((len(run) for line in lines for run in re.findall(r"`+", line)), default=0)
    return "`" * max(3, longest + 1)


def _named(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
