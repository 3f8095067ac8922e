"""Which rule is an error, a warning or off, in which file: what `[policy]` says of every rule there is."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from pathspec import GitIgnoreSpec

from airside.base.errors import WorkspaceError
from airside.base.suggestions import suggestion
from airside.checking.findings import Finding, Severity
from airside.checking.rules import RULES
from airside.checking.source import severity_of
from airside.workspace.policy_rules import Word
from airside.workspace.policy_settings import RUFF_CODE, PolicySettings
from airside.workspace.settings import SETTINGS_FILE

_CATEGORIES = frozenset({"PL"})
"""Of ruff's codes, the letters that stand for several others; `F` does not stand for `FURB`."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What one place of `[policy]` says: of each rule, for some files."""

    paths: GitIgnoreSpec | None
    words: Mapping[str, Word]

    def of(self, rule: str, file: str) -> Word | None:
        word = _looked_up(rule, self.words)
        return word if word and (self.paths is None or self.paths.match_file(file)) else None


@dataclass(frozen=True, slots=True)
class Severities:
    """The severity of each rule in each file."""

    _said: tuple[_Said, ...]

    def of(self, rule: str, file: str) -> Severity | None:
        """Return what a finding of `rule` in `file` is; None where the rule is off."""
        word = self._word(rule, file)
        if word is None:
            return _default(rule)
        return None if word == "off" else word

    def graded(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return the findings of the rules that are not off, with the severity that `[policy]` gives them.

        Of a rule that `[policy]` does not mention, a finding keeps its severity: an uncertain one is a warning where
        the rule is an error.
        """
        words = ((finding, self._word(finding.rule, finding.file)) for finding in findings)
        return tuple(replace(f, severity=word) if word else f for f, word in words if word != "off")

    def _word(self, rule: str, file: str) -> Word | None:
        return next((word for said in self._said if (word := said.of(rule, file))), None)


def severities(settings: PolicySettings, own: Collection[str] = ()) -> Severities:
    """Return what `settings` say.

    Args:
        settings: `[policy]`.
        own: The ids of the rules that the workspace has itself.

    Raises:
        WorkspaceError: They name a rule that does not exist.
    """
    overrides = [_Said(_spec(override.paths), override.rules) for override in reversed(settings.overrides)]
    plain = _Said(None, {rule: said.severity for rule, said in settings.rules.items()})
    # A team that says what it wants of a rule turns it on for itself.
    teams = [_Said(_spec(team.paths), dict.fromkeys(team.rules, "error")) for team in settings.teams]
    _require_known([*overrides, plain], {*RULES, *own})
    return Severities((*overrides, plain, *teams))


def codes_off(settings: PolicySettings) -> list[str]:
    """Return the codes of ruff, or what they begin with, that are off everywhere."""
    return [rule for rule, said in settings.rules.items() if said.severity == "off" and is_ruff(rule)]


def is_ruff(rule: str) -> bool:
    """Tell whether this is a code of ruff."""
    return RUFF_CODE.fullmatch(rule) is not None


def _default(rule: str) -> Severity | None:
    if rule in RULES:
        return RULES[rule].severity
    return severity_of(rule) if is_ruff(rule) else "error"


def _looked_up(rule: str, words: Mapping[str, Word]) -> Word | None:
    if rule in words or not is_ruff(rule):
        return words.get(rule)
    letters = rule.rstrip("0123456789")
    beginnings = (rule[:length] for length in range(len(rule) - 1, 0, -1))
    held = (key for key in beginnings if key in words and (len(key) >= len(letters) or key in _CATEGORIES))
    return next((words[key] for key in held), None)


def _spec(patterns: Iterable[str]) -> GitIgnoreSpec:
    return GitIgnoreSpec.from_lines(patterns)


def _require_known(said: Iterable[_Said], known: Collection[str]) -> None:
    names = dict.fromkeys(name for part in said for name in part.words)
    faults = [
        f"{SETTINGS_FILE}: policy: there is no rule {name!r}{suggestion(name, known)}"
        for name in names
        if name not in known and not is_ruff(name)
    ]
    if faults:
        hint = "Correct the name; a rule of the workspace's own is a function in a file of the folder `policies`"
        raise WorkspaceError("\n".join(faults), hint=hint)
