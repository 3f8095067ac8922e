"""The pattern of tags, ``vX.Y.Z``, in the languages of the CI services."""

from airside.workspace.targets.ci import VERSION


def as_glob(tag: str) -> str:
    """Return it as a filter of GitHub Actions."""
    return tag.replace(VERSION, "[0-9]+.[0-9]+.[0-9]+")


def as_expression(tag: str) -> str:
    """Return it as a regular expression for the whole name, without anchors and without slashes."""
    before, _, after = tag.partition(VERSION)
    return rf"{_literal(before)}[0-9]+\.[0-9]+\.[0-9]+{_literal(after)}"


def _literal(text: str) -> str:
    return text.replace(".", r"\.")
