"""The code of a module, and of the functions and classes in it."""

from collections.abc import Iterator
from types import CodeType


def parts(code: CodeType) -> Iterator[CodeType]:
    """Return the code itself, and all code that is nested in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from parts(constant)
