"""How an entry of a document is named on the command line: `connections.dwh.password`, `variables.limit`."""

from collections.abc import Container
from dataclasses import dataclass

from airside.base.errors import UsageError

FIELDS = ("conn_type", "host", "login", "password", "schema", "port", "extra", "description", "from", "path")
"""What may follow the id of a connection. Ids may have dots themselves."""


@dataclass(frozen=True, slots=True)
class Address:
    """A place in a document.

    Attributes:
        section: `connections` or `variables`.
        name: The id of the connection, or the key of the variable; it may have dots.
        field: A field of the connection; None for all of it.
        key: A key of its `extra`; None for all of it.
    """

    section: str
    name: str
    field: str | None = None
    key: str | None = None

    @property
    def path(self) -> tuple[str, ...]:
        """The keys that lead there."""
        return tuple(part for part in (self.section, self.name, self.field, self.key) if part is not None)

    def __str__(self) -> str:
        return ".".join(self.path)


def parse_address(text: str, known: Container[str] = ()) -> Address:
    """Return the place that `text` names.

    An id or key of the document, `known`, is meant as a whole (`connections.api.host` where `api.host` is an id).
    Otherwise what follows the first known field name is a field, and after `extra` one of its keys.

    Raises:
        UsageError: It names no place.
    """
    section, _, rest = text.partition(".")
    if section not in ("connections", "variables") or not rest or rest.startswith("."):
        raise UsageError(
            f"{text!r} names no secret",
            hint="connections.ID, connections.ID.FIELD, connections.ID.extra.KEY or variables.KEY",
        )
    if section == "variables" or rest in known:
        return Address(section, rest)
    parts = rest.split(".")
    for index in range(1, len(parts)):
        field, more = parts[index], ".".join(parts[index + 1 :])
        if field in FIELDS and (not more or field == "extra"):
            return Address(section, ".".join(parts[:index]), field, more or None)
    return Address(section, rest)
