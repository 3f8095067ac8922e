"""Configs as models of their authors."""

from functools import lru_cache
from typing import Any, TypeVar

from pydantic import PydanticUserError, TypeAdapter, ValidationError

from airside.base.errors import ConfigError, UsageError
from airside.config.configs import Found

T = TypeVar("T")


def validated(found: Found, model: type[T]) -> T:
    """Return a config as one of `model`, as pydantic makes it.

    Raises:
        ConfigError: It does not fit; each fault is named with its file, its line and its key.
        UsageError: pydantic can make nothing of `model`.
    """
    try:
        # A type is hashable, which mypy does not know of one of a type variable.
        result: T = _adapter(model).validate_python(found.value)  # type: ignore[arg-type]
    except ValidationError as error:
        raise _unfit(found, model, error) from None
    return result


@lru_cache(maxsize=256)
def _adapter(model: type[T]) -> TypeAdapter[T]:
    try:
        return TypeAdapter(model)
    except PydanticUserError as error:
        raise UsageError(
            f"{model!r} cannot validate a config: {error.message}", hint="Use a pydantic model or a dataclass."
        ) from error


def _unfit(found: Found, model: object, error: ValidationError) -> ConfigError:
    # Not what was given: a value may be one that should not be seen.
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    said = [_fault(found, fault["loc"], fault["msg"]) for fault in faults]
    name = getattr(model, "__name__", str(model))
    return ConfigError(
        f"The config {found.name!r} is no {name}:\n" + "\n".join(f"  {line}" for line in said),
        hint=f"`airside config show {found.name}` shows where each value comes from.",
    )


def _fault(found: Found, keys: tuple[Any, ...], message: str) -> str:
    parts = tuple(str(key) for key in keys)
    return f"{found.node.nearest(parts).place}: {'.'.join((found.name, *parts))}: {message}"
