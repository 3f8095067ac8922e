"""Kinds of values that several tables of `airside.toml` have."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict


def _scalar_to_text(value: object) -> object:
    # Airflow reads every option as text; `parallelism = 8` in TOML means what `parallelism = "8"` does.
    return str(value) if isinstance(value, bool | int | float) else value


Text = Annotated[str, BeforeValidator(_scalar_to_text)]


class Section(BaseModel):
    """A table of `airside.toml`: what it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def expecting(pattern: str, words: str) -> AfterValidator:
    """Return what refuses texts that do not match `pattern` as a whole, for an annotation of `str`.

    Args:
        pattern: A regular expression; people never see it.
        words: What the message says instead: ``expected <words>``.
    """
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if compiled.fullmatch(value) is None:
            raise ValueError(f"expected {words}, found {value!r}")
        return value

    return AfterValidator(check)


def matching(pattern: str, words: str) -> Any:  # noqa: ANN401 - a type, made for an annotation
    """Return the type of texts that match `pattern` as a whole; see `expecting`."""
    return Annotated[str, expecting(pattern, words)]
