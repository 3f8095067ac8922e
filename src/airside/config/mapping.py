"""What a mapping of a config is in the hands of an author."""

from typing import Any, NoReturn, Self

from airside.base.errors import MissingConfigError
from airside.base.suggestions import suggestion


class Config(dict[str, Any]):
    """A read-only mapping whose keys are attributes too: ``config.batch`` and ``config["batch"]``.

    It is a `dict`: JSON, XComs and ``**`` take it. A key with the name of a method (`items`, `values`) is an item only.
    ``dict(config)`` is a copy that can be changed.
    """

    __slots__ = ("_name", "_place")

    def __init__(self, content: dict[str, Any], name: str, place: str) -> None:
        """Make one.

        Args:
            content: What it holds.
            name: Its own, for errors.
            place: The file and the line that it begins at, for errors.
        """
        super().__init__(content)
        object.__setattr__(self, "_name", name)
        object.__setattr__(self, "_place", place)

    def __missing__(self, key: str) -> NoReturn:
        raise self._lacks(key)

    def __getattr__(self, key: str) -> Any:  # noqa: ANN401 - what the file holds
        if key.startswith("__"):
            # What Python and libraries ask any object for is no question about a config.
            raise AttributeError(key)
        return self[key]

    def __setattr__(self, key: str, value: object) -> NoReturn:
        self._refuse()

    def __delattr__(self, key: str) -> NoReturn:
        self._refuse()

    def __setitem__(self, key: str, value: object) -> NoReturn:
        self._refuse()

    def __delitem__(self, key: str) -> NoReturn:
        self._refuse()

    def __ior__(self, other: object) -> Self:  # type: ignore[override,misc]
        self._refuse()

    def __reduce__(self) -> tuple[type[Self], tuple[dict[str, Any], str, str]]:
        return type(self), (dict(self), self._name, self._place)

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        from copy import deepcopy  # noqa: PLC0415 - hardly ever asked for

        return deepcopy(dict(self), memo)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self]

    def clear(self) -> NoReturn:
        """Refuse: it is read-only."""
        self._refuse()

    def pop(self, *_: object) -> NoReturn:
        """Refuse: it is read-only."""
        self._refuse()

    def popitem(self) -> NoReturn:
        """Refuse: it is read-only."""
        self._refuse()

    def setdefault(self, *_: object) -> NoReturn:
        """Refuse: it is read-only."""
        self._refuse()

    def update(self, *_: object, **__: object) -> NoReturn:
        """Refuse: it is read-only."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise TypeError(f"The config {self._name!r} is read-only: dict(...) makes a copy that can be changed")

    def _lacks(self, key: str) -> MissingConfigError:
        return MissingConfigError(
            f"{self._place}: the config {self._name!r} has no key {key!r}{suggestion(key, self)}",
            hint="Add it there, or ask with .get(key, default).",
        )
