"""What `[policy]` may say of the rules that have options."""

import re
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from airside.base.durations import DURATION_RULE, parse_duration

Word = Literal["off", "warning", "error"]


def _regular_expression(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"{value!r} is not a regular expression: {error}") from error
    return value


def _duration(value: object) -> object:
    duration = parse_duration(value)
    if duration is None:
        raise ValueError(f"expected {DURATION_RULE}, found {value!r}")
    return duration


Regex = Annotated[str, AfterValidator(_regular_expression)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Texts = Annotated[tuple[str, ...], Field(strict=False)]
Patterns = Annotated[tuple[Regex, ...], Field(strict=False)]
Number = Annotated[int, Field(ge=0)]


class Table(BaseModel):
    """A table whose keys have hyphens where Python has underscores."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, alias_generator=lambda name: name.replace("_", "-")
    )


class RuleSettings(Table):
    """What can be said of every rule; the word alone, ``owner = "error"``, is the table with only this key.

    Attributes:
        severity: What its findings are.
    """

    severity: Word = "error"

    @model_validator(mode="before")
    @classmethod
    def _word_or_table(cls, value: Any) -> Any:  # noqa: ANN401 (whatever the TOML holds)
        if isinstance(value, str):
            return {"severity": value}
        if not isinstance(value, dict):
            raise ValueError(f"expected 'off', 'warning' or 'error', or a table, found {value!r}")  # noqa: TRY004 (pydantic's way)
        return value


class OwnerRule(RuleSettings):
    """``owner``.

    Attributes:
        allowed: The owners there may be; empty allows every one but Airflow's own default.
    """

    allowed: Texts = ()


class TagsRule(RuleSettings):
    """``tags``.

    Attributes:
        required: Tags that every workflow has.
        allowed: Names, or globs such as ``team:*``, of the tags there may be; empty allows all.
        patterns: Regular expressions; each is found in one tag at least.
    """

    required: Texts = ()
    allowed: Texts = ()
    patterns: Patterns = ()


class BoundsRule(RuleSettings):
    """``retries``.

    Attributes:
        min: The fewest.
        max: The most; None does not limit them.
    """

    min: Number = 1
    max: Number | None = None

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.max is not None and self.max < self.min:
            raise ValueError(f"max, {self.max}, is less than min, {self.min}")
        return self


class TimeRule(RuleSettings):
    """``execution-timeout`` and ``run-timeout``.

    Attributes:
        max: The longest; None asks only that there is one.
    """

    max: Duration | None = None


class PatternRule(RuleSettings):
    """``workflow-id`` and ``task-id``.

    Attributes:
        pattern: A regular expression that is found in the id; ``^`` and ``$`` make it hold for all of it.
    """

    pattern: Regex = "^[a-z][a-z0-9_]*$"


class ActiveRunsRule(RuleSettings):
    """``active-runs``.

    Attributes:
        max: The most runs at one time.
    """

    max: Annotated[int, Field(ge=1)] = 1


class SizeRule(RuleSettings):
    """``size``.

    Attributes:
        max: The most tasks.
    """

    max: Annotated[int, Field(ge=1)] = 100


class OperatorLists(Table):
    """Operators: names of classes, ``BashOperator``, or globs of modules, ``airflow.providers.ssh.*``.

    Attributes:
        allow: Only these; empty allows all.
        deny: None of these.
    """

    allow: Texts = ()
    deny: Texts = ()

    @model_validator(mode="after")
    def _check_some(self) -> Self:
        if not self.allow and not self.deny and getattr(self, "severity", "error") != "off":
            raise ValueError('needs `allow` or `deny`, such as deny = ["BashOperator"]')
        return self


class OperatorsRule(OperatorLists, RuleSettings):
    """``operators``."""


class ShapeRule(RuleSettings):
    """``shape``.

    Attributes:
        first: A glob that the ids of the first tasks match.
        last: A glob that the ids of the last tasks match.
        last_trigger_rule: The trigger rule of the last tasks.
    """

    first: str = "check*"
    last: str = "summary*"
    last_trigger_rule: str = "all_done"
