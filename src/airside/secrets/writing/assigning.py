"""What a value that was given for an address changes in a document."""

from collections.abc import Mapping
from typing import Any

from airside.base.errors import UsageError
from airside.secrets.writing.address import Address
from airside.secrets.writing.text import REMOVED, Changes, Within


def assigned(address: Address, value: Any, existing: Any, *, is_json: bool) -> Changes:  # noqa: ANN401 - any JSON
    """Return the changes that give `address` the `value`.

    Args:
        address: The place.
        value: Text, or where `is_json` what JSON holds.
        existing: The encrypted entry that is there; None where there is none.
        is_json: `value` is meant as it is, not as text.

    Raises:
        UsageError: The place cannot have such a value.
    """
    if address.section == "connections":
        value = _for_connection(address, value, existing, is_json=is_json)
    return _nested(address.path, value)


def removed(address: Address) -> Changes:
    """Return the changes that take `address` out."""
    return _nested(address.path, REMOVED)


def _nested(path: tuple[str, ...], value: Any) -> Changes:  # noqa: ANN401
    name, *rest = path
    return {name: Within(_nested(tuple(rest), value)) if rest else value}


def _for_connection(address: Address, value: Any, existing: Any, *, is_json: bool) -> Any:  # noqa: ANN401
    if address.field is None:
        if not (isinstance(value, Mapping) or (isinstance(value, str) and "://" in value)):
            raise UsageError(
                f"The value of {address} is neither a URI nor a mapping; nothing was changed",
                hint=f"Give one field ({address}.password), a URI, or a mapping with --json-value.",
            )
        return value
    if isinstance(existing, str) and existing:
        raise UsageError(
            f"connections.{address.name} is a URI and has no fields", hint=f"Set all of it: connections.{address.name}"
        )
    if address.key is not None and isinstance(existing, Mapping) and isinstance(existing.get("extra"), str):
        raise UsageError(
            f"The extra of connections.{address.name} is one text and has no keys",
            hint=f"Set all of it: connections.{address.name}.extra",
        )
    return _port(address, value) if address.field == "port" and not is_json else value


def _port(address: Address, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"{address} is a whole number; nothing was changed") from None
