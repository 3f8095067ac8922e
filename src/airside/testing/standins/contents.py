"""Contents that a test gives: of objects, of files."""

import json
from pathlib import Path
from typing import Any

import msgspec

from airside.base.errors import UsageError


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A content that is written down in the test; one of these.

    Attributes:
        text: As UTF-8.
        json: As JSON.
        base64: As bytes, which YAML writes in base64.
        path: A file.
    """

    text: str | None = None
    json: Any = msgspec.UNSET
    base64: bytes | None = None
    path: str | None = None


ContentGiven = str | Content
"""The path of a file, or a `Content`."""

Contents = dict[str, ContentGiven]


def content(name: str, given: ContentGiven, folder: Path) -> bytes:
    """Return the bytes of `given`.

    Args:
        name: What it is the content of, for messages.
        given: What the test says.
        folder: What paths are relative to.

    Raises:
        UsageError: The file cannot be read, or nothing is given, or more than one thing.
    """
    if isinstance(given, str):
        return read(folder, given, for_what=name)
    is_json = given.json is not msgspec.UNSET
    said = [each for each in (given.text, given.base64, given.path) if each is not None]
    if len(said) + is_json != 1:
        raise UsageError(f"The content of {name} is one of text, json, base64 and path")
    if is_json:
        return json.dumps(given.json, default=str).encode()
    if given.path is not None:
        return read(folder, given.path, for_what=name)
    return given.text.encode() if given.text is not None else given.base64 or b""


def read(folder: Path, path: str, *, for_what: str) -> bytes:
    """Return the bytes of a file that a test names.

    Raises:
        UsageError: It cannot be read.
    """
    try:
        return (folder / path).read_bytes()
    except OSError as error:
        why = error.strerror or "it is no file"
        raise UsageError(
            f"The file {path!r} for {for_what} cannot be read: {why} ({folder / path})",
            hint="A path is relative to the folder of the test. A content is written as {text: …}.",
        ) from error
    except ValueError as error:  # a NUL in the name
        raise UsageError(f"{path!r} for {for_what} is no path: {error}") from error
