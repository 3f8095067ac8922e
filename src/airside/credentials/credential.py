"""A credential: what code needs to log in somewhere. Nothing that shows it shows a value."""

import hmac
import json
from typing import NoReturn, Self

from airside.base.errors import UsageError
from airside.credentials.extra import MASK, Extra, not_written
from airside.credentials.fields import Fields
from airside.credentials.uri import to_uri


class Credential:
    """A connection of Airflow, for any client.

    It is no dataclass on purpose: pytest shows how two of those differ, field by field. It is neither pickled nor made
    JSON of, and so it cannot become an XCom.
    """

    __slots__ = ("_fields", "id")

    def __init__(self, connection_id: str, fields: Fields) -> None:
        object.__setattr__(self, "id", connection_id)
        object.__setattr__(self, "_fields", fields)

    id: str
    """The id of the connection."""
    _fields: Fields

    @property
    def conn_type(self) -> str | None:
        """What it is a connection to, such as `postgres`."""
        return self._fields.conn_type

    @property
    def user(self) -> str | None:
        """The name of the user, `login` in Airflow's words."""
        return self._fields.login

    @property
    def login(self) -> str | None:
        """The same as `user`."""
        return self._fields.login

    @property
    def password(self) -> str | None:
        """The password of the user: a plain text, which shows itself."""
        return self._fields.password

    @property
    def host(self) -> str | None:
        """A name or an address, a protocol before it where Airflow has one there."""
        return self._fields.host

    @property
    def port(self) -> int | None:
        """1 to 65535."""
        return self._fields.port

    @property
    def schema(self) -> str | None:
        """Often the name of a database."""
        return self._fields.schema

    @property
    def description(self) -> str | None:
        """What it is, for people."""
        return self._fields.description

    @property
    def extra(self) -> Extra:
        """All else that the client needs; empty where there is nothing.

        Raises:
            UsageError: It is no JSON object.
        """
        try:
            values = json.loads(self._fields.extra or "{}")
        except ValueError:
            values = None
        if not isinstance(values, dict):
            raise UsageError(f"The extra of the connection {self.id!r} is no JSON object")
        return Extra(values)

    @property
    def uri(self) -> str:
        """The connection as one URI, as Airflow's `Connection.get_uri` writes it; it shows the password."""
        return to_uri(self._fields)

    def __repr__(self) -> str:
        return f"Credential({self.id!r}, conn_type={self.conn_type!r}, {MASK})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Credential):
            return NotImplemented
        return self.id == other.id and hmac.compare_digest(self._fields.digest(), other._fields.digest())

    def __hash__(self) -> int:
        return hash((Credential, self.id))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{name} of a credential cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{name} of a credential cannot be removed")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        raise not_written()
