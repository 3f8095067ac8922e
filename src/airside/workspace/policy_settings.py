"""What `[policy]` in `airside.toml` may say: which rules hold, where, and how strictly."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from pathspec import GitIgnoreSpec
from pydantic import AfterValidator, ConfigDict, Field, field_validator, model_validator

from airside.base.suggestions import suggestion
from airside.workspace.policy_rules import (
    ActiveRunsRule,
    BoundsRule,
    OperatorLists,
    OperatorsRule,
    OwnerRule,
    PatternRule,
    Regex,
    RuleSettings,
    ShapeRule,
    SizeRule,
    Table,
    TagsRule,
    Texts,
    TimeRule,
    Word,
)

RUFF_CODE: Final = re.compile(r"[A-Z]{1,8}[0-9]{0,5}|invalid-syntax")
"""A code of ruff, or the letters and digits that several begin with, as in ruff's own settings."""

_RULE_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def _path_pattern(value: str) -> str:
    try:
        (pattern,) = GitIgnoreSpec.from_lines([value]).patterns
    except ValueError as error:
        raise ValueError(f"{value!r} is not a pattern of paths: {error}") from error
    if pattern.include is None:
        raise ValueError(f"{value!r} matches no path")
    return value


PathPattern = Annotated[str, AfterValidator(_path_pattern)]
Paths = Annotated[tuple[PathPattern, ...], Field(strict=False, min_length=1)]


class TeamSettings(Table):
    """``[[policy.teams]]``: what holds for the workflows of one team, in place of what holds for all.

    Attributes:
        name: For the messages.
        paths: Its files, as patterns of `.gitignore`.
        workflow_id: The pattern of ``workflow-id``.
        owner: The allowed owners.
        tags: The required tags.
        operators: As in ``operators``.
    """

    name: Annotated[str, Field(min_length=1)]
    paths: Paths
    workflow_id: Regex | None = None
    owner: Texts | None = None
    tags: Texts | None = None
    operators: OperatorLists | None = None

    @property
    def rules(self) -> dict[str, RuleSettings]:
        """What it asks for, as the rules have it."""
        said: dict[str, object] = {
            "workflow-id": self.workflow_id and PatternRule(pattern=self.workflow_id),
            "owner": self.owner and OwnerRule(allowed=self.owner),
            "tags": self.tags and TagsRule(required=self.tags),
            "operators": self.operators and OperatorsRule(allow=self.operators.allow, deny=self.operators.deny),
        }
        return {rule: settings for rule, settings in said.items() if isinstance(settings, RuleSettings)}


class OverrideSettings(Table):
    """``[[policy.overrides]]``: other severities for some files.

    Attributes:
        paths: Patterns of `.gitignore`.
        rules: The severity of each rule.
        reason: Why; nobody remembers it later.
    """

    paths: Paths
    rules: Mapping[str, Word]
    reason: Annotated[str, Field(min_length=1)]


class PolicySettings(Table):
    """``[policy]``: the rules that the workspace turns on, off, up or down.

    Every other rule, of Airside, of ruff or of the workspace's own, is a further key: a severity, or a table with one.

    Attributes:
        teams: Later ones win.
        overrides: Later ones win.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, RuleSettings] = Field(init=False)

    owner: OwnerRule | None = None
    tags: TagsRule | None = None
    retries: BoundsRule | None = None
    execution_timeout: TimeRule | None = None
    run_timeout: TimeRule | None = None
    workflow_id: PatternRule | None = None
    task_id: PatternRule | None = None
    catchup: RuleSettings | None = None
    active_runs: ActiveRunsRule | None = None
    operators: OperatorsRule | None = None
    shape: ShapeRule | None = None
    documentation: RuleSettings | None = None
    test_exists: RuleSettings | None = None
    size: SizeRule | None = None
    schedule: RuleSettings | None = None
    teams: Annotated[tuple[TeamSettings, ...], Field(strict=False)] = ()
    overrides: Annotated[tuple[OverrideSettings, ...], Field(strict=False)] = ()

    @model_validator(mode="before")
    @classmethod
    def _check_names(cls, value: Any) -> Any:  # noqa: ANN401 (whatever the TOML holds)
        own = [field.alias for field in cls.model_fields.values() if field.alias]
        for name in value if isinstance(value, dict) else ():
            if not RUFF_CODE.fullmatch(name) and not _RULE_NAME.fullmatch(name):
                raise ValueError(f"{name!r} is neither a rule nor a code of ruff{suggestion(name, own)}")
        return value

    @field_validator("overrides")
    @classmethod
    def _check_overrides(cls, value: tuple[OverrideSettings, ...]) -> tuple[OverrideSettings, ...]:
        if any(not override.rules for override in value):
            raise ValueError("an override without `rules` changes nothing")
        return value

    @property
    def rules(self) -> dict[str, RuleSettings]:
        """What is said of each rule, by its id."""
        return dict(self._said())

    def rule(self, name: str) -> RuleSettings:
        """Return what is said of one of the rules that have options, or its options where nothing is said."""
        return self.rules.get(name) or _UNSAID.get(name, RuleSettings())

    def _said(self) -> Iterator[tuple[str, RuleSettings]]:
        for name, field in type(self).model_fields.items():
            said = getattr(self, name)
            if isinstance(said, RuleSettings):
                yield field.alias or name, said
        yield from (self.__pydantic_extra__ or {}).items()


_UNSAID: Final[Mapping[str, RuleSettings]] = {
    "owner": OwnerRule(),
    "tags": TagsRule(),
    "retries": BoundsRule(),
    "execution-timeout": TimeRule(),
    "run-timeout": TimeRule(),
    "workflow-id": PatternRule(),
    "task-id": PatternRule(),
    "active-runs": ActiveRunsRule(),
    "operators": OperatorsRule(severity="off"),  # without lists, every operator is allowed
    "shape": ShapeRule(),
    "size": SizeRule(),
}
