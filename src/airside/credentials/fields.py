"""What a connection says, in the words of Airflow."""

import hashlib
from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Fields:
    """The parts of a connection; no `repr` shows them.

    Attributes:
        conn_type: Such as `postgres`.
        login: The name of the user.
        password: Of the user.
        host: A name or an address.
        port: 1 to 65535.
        schema: Often the name of a database.
        extra: JSON text of a mapping.
        description: For people.
    """

    conn_type: str | None = None
    login: str | None = None
    password: str | None = None
    host: str | None = None
    port: int | None = None
    schema: str | None = None
    extra: str | None = None
    description: str | None = None

    def digest(self) -> bytes:
        """Return what is equal for equal parts, and tells nothing of them."""
        return hashlib.sha256(repr(astuple(self)).encode()).digest()
