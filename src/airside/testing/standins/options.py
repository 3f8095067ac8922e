"""Options of stand-ins: the same in Python and in YAML, refused with the name of what is wrong."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from airside.base.errors import UsageError
from airside.testing.standins.port import Reached

S = TypeVar("S", bound=msgspec.Struct)


class _Reachable(Protocol):
    reached: Reached


R = TypeVar("R", bound=_Reachable)


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options of every stand-in.

    Attributes:
        extra: Fields of the connection's extra, beside those that lead to the stand-in.
        folder: What paths are relative to; None: the folder of the test. It is no option of a test.
    """

    extra: dict[str, Any] = msgspec.field(default_factory=dict)
    folder: str | None = None

    def extended(self, running: R) -> R:
        """Put the extra of the test into the connection of what has started, and return that."""
        if self.extra:
            reached = running.reached
            extra = {**reached.connection.get("extra", {}), **self.extra}
            running.reached = Reached({**reached.connection, "extra": extra}, reached.environment)
        return running


def options(kind: type[S], given: Mapping[str, Any], folder: Path | None = None) -> S:
    """Return the stand-in that `given` describes.

    Args:
        kind: The class of the stand-in; its fields are the options.
        given: By option. What is left out has its default.
        folder: What paths are relative to; None: the folder of the test.

    Raises:
        UsageError: There is no such option, or its value is of the wrong kind.
    """
    name = kind.__name__.lower()
    known = [field for field in kind.__struct_fields__ if field != "folder"]
    for option in given:
        if option not in known:
            raise UsageError(f"The stand-in {name} has no option {option!r}", hint=f"It has: {', '.join(known)}.")
    try:
        made = msgspec.convert(plain(dict(given)), kind)
    except msgspec.ValidationError as error:
        raise UsageError(f"The stand-in {name} cannot be read: {error}") from error
    return msgspec.structs.replace(made, folder=str(folder)) if folder else made


def plain(value: Any) -> Any:
    """Return `value` with texts in place of paths, and lists and dicts in place of their like."""
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value
