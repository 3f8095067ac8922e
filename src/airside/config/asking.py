"""What authors call."""

from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

from airside.base.errors import MissingConfigError
from airside.running.current import current_serving

if TYPE_CHECKING:
    from airside.config.giving import Heard

T = TypeVar("T")
D = TypeVar("D")

_NOTHING: Final[Any] = object()


@overload
def get(name: str) -> Any: ...  # noqa: ANN401 - what a file holds
@overload
def get(name: str, *, default: Any) -> Any: ...  # noqa: ANN401 - as above
@overload
def get(name: str, model: type[T]) -> T: ...
@overload
def get(name: str, model: type[T], *, default: D) -> T | D: ...
def get(name: str, model: type[T] | None = None, *, default: Any = _NOTHING) -> Any:
    """Return the config `name` of the release and the environment that this code runs in.

    ``sales.orders.load`` is the key `load` of ``configs/sales/orders.yaml``, or the file
    ``configs/sales/orders/load.yaml``. What an environment sets in ``configs/environments/<environment>`` comes before
    that, key by key.

    Args:
        name: The folders, the file and the keys, with dots between them; the position of an entry in a list is a
            number.
        model: A pydantic model, a dataclass, or any other type that pydantic validates.
        default: The answer where there is no such config; it is not validated.

    Returns:
        A mapping as a `Config`, which is read-only and has its keys as attributes; a list; or a plain value. Everything
        is a copy. With `model`, one of it.

    Raises:
        MissingConfigError: There is no such config, and no default: a `KeyError` too.
        ConfigError: A file that it is in cannot be read, an interpolation leads nowhere, or `model` does not accept
            it. Each fault is named with its file and line.
        UsageError: There is neither a bundle that serves this code nor a workspace around the current folder.
    """
    # YAML and what follows: a DAG file that only imports this module does not pay for them.
    from airside.config.configs import Configs  # noqa: PLC0415 - as above
    from airside.config.giving import given  # noqa: PLC0415 - as above

    serving, giving = current_serving(), given()
    try:
        found = Configs(serving.root, serving.environment, over=giving.over).value(name)
    except MissingConfigError:
        _told(giving.heard, name, found=False)
        if default is _NOTHING:
            raise
        return default
    _told(giving.heard, name, found=True)
    if model is None:
        return found.content()
    from airside.config.typed import validated  # noqa: PLC0415 - pydantic, which most do without

    return validated(found, model)


def _told(heard: "Heard | None", name: str, *, found: bool) -> None:
    if heard is not None:
        heard(name, found)
