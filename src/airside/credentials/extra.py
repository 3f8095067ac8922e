"""The `extra` of a connection."""

import json
from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import Any, Final, NoReturn

MASK: Final = "***"


class Extra:
    """A mapping that cannot be changed, and whose `repr` shows its keys alone.

    It has the methods of a `Mapping` and is none on purpose: pytest shows how two of those differ, value by value.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = {key: Extra(value) if isinstance(value, dict) else value for key, value in values.items()}

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - whatever JSON holds
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def get(self, key: str, default: object = None) -> Any:  # noqa: ANN401 - as above
        """Return a value, or `default`."""
        return self._values.get(key, default)

    def keys(self) -> KeysView[str]:
        """Return the names."""
        return self._values.keys()

    def values(self) -> ValuesView[Any]:
        """Return the values, which show themselves."""
        return self._values.values()

    def items(self) -> ItemsView[str, Any]:
        """Return names and values, which show themselves."""
        return self._values.items()

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as plain values, which show themselves."""
        plain = {key: value.as_dict() if isinstance(value, Extra) else value for key, value in self._values.items()}
        copied: dict[str, Any] = json.loads(json.dumps(plain))
        return copied

    def __eq__(self, other: object) -> bool:
        return self._values == other._values if isinstance(other, Extra) else NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(self._values))

    def __repr__(self) -> str:
        return f"Extra({', '.join(f'{key}={MASK}' for key in self._values)})"

    def __reduce__(self) -> NoReturn:
        raise not_written()


def not_written() -> TypeError:
    """Return the error of who writes a secret somewhere."""
    return TypeError("A credential is not pickled: ask for it, by its id, where it is needed")
