"""Which relative paths a release may hold.

The rules keep a path inside its folder on every system that may ever unpack it: Linux, macOS and the
case-folding, Unicode-normalising file systems of the latter.
"""

import re
import unicodedata

MAX_PATH_BYTES = 1024
MAX_NAME_BYTES = 255
"""The longest file name of ext4, XFS and APFS, in bytes of UTF-8."""

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\:]")
_FORBIDDEN_NAMES = frozenset({"", ".", "..", ".git", "__pycache__"})
_PLAIN = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*(?:/[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)*")
"""Nearly every path; thousands are looked at whenever a manifest is read."""


def path_fault(path: str) -> str | None:
    """Return why `path` may not be in a release, or None when it may.

    A good path is relative, POSIX, in Unicode form C, without control characters, backslashes, colons,
    ``.git`` and ``__pycache__``; no name in it ends in a dot or a space.
    """
    if len(path) <= MAX_NAME_BYTES and _PLAIN.fullmatch(path) and "__pycache__" not in path.lower():
        return None
    return _fault(path)


def _fault(path: str) -> str | None:
    try:
        encoded = path.encode()
    except UnicodeEncodeError:
        return "it is not valid UTF-8"
    if path.startswith("/"):
        return "it is absolute"
    if len(encoded) > MAX_PATH_BYTES:
        return f"it is longer than {MAX_PATH_BYTES} bytes"
    if _FORBIDDEN.search(path):
        return "it holds a control character, a backslash or a colon"
    if unicodedata.normalize("NFC", path) != path:
        return "it is not in Unicode normal form C"
    return next(filter(None, map(_name_fault, path.split("/"))), None)


def _name_fault(name: str) -> str | None:
    if name.casefold() in _FORBIDDEN_NAMES:
        return f"it has a part named {name!r}"
    if len(name.encode()) > MAX_NAME_BYTES:
        return f"it has a part longer than {MAX_NAME_BYTES} bytes"
    if name.endswith((".", " ")):
        return f"its part {name!r} ends in a dot or a space"
    return None


def folded(path: str) -> str:
    """Return `path` as a case-folding, normalising file system compares it."""
    return unicodedata.normalize("NFC", path).casefold()
