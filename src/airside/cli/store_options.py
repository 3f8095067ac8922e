"""The options of verbs that need a store but no workspace: where it is, and whose signatures are demanded."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from airside.base.errors import UsageError
from airside.base.names import NAME_RULE, is_environment_name
from airside.cli import environ
from airside.cli.context import Context

if TYPE_CHECKING:
    from airside.store.port import Store

_OPTIONS = (
    click.option(
        "--store", "url", metavar="URL", help="Where the releases are; else AIRSIDE_STORE, else airside.toml."
    ),
    click.option(
        "--option",
        "options",
        multiple=True,
        metavar="KEY=VALUE",
        help="How to reach the store, as in `store.options`. No secrets: they are read from the provider's variables.",
    ),
)


def store_options(function: Callable[..., object]) -> Callable[..., object]:
    """Give a verb `--store` and `--option`."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


trust_option = click.option(
    "--trust",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Take only what is signed as this trust file demands; else trust.toml of the workspace.",
)
"""Gives a verb `--trust`."""


def store_opener(context: Context, url: str | None, options: Sequence[str]) -> "Callable[[], Store]":
    """Return what opens the store that the options, the variables or the workspace name.

    Raises:
        UsageError: An option is not of the form KEY=VALUE.
        WorkspaceError: No option and no variable names a store, and there is no workspace.
    """
    from airside.store.opening import open_store

    place, settings = _place(context, url)
    merged = {**settings, **_parsed(options)}
    return lambda: open_store(place, merged)


def trust_file(context: Context, given: Path | None, url: str | None) -> Path | None:
    """Return the trust file to go by: the one that is given, else that of the workspace whose store is used."""
    if given or names_store(url):
        return given
    return context.trust_file if context.trust_file.exists() else None


def names_store(url: str | None) -> bool:
    """Tell whether the store is named without a workspace."""
    return bool(url or environ.store_url(environ.variables()))


def require_environment(context: Context, environment: str, url: str | None) -> None:
    """Refuse a name that can be no environment, or that the workspace does not declare.

    Raises:
        UsageError: It is one of these.
    """
    if not is_environment_name(environment):
        raise UsageError(f"{environment!r} cannot name an environment: {NAME_RULE}")
    if not names_store(url):
        context.workspace.settings.environment(environment)


def _place(context: Context, url: str | None) -> tuple[str, Mapping[str, str]]:
    variables = environ.variables()
    if found := url or environ.store_url(variables):
        place = found if "://" in found else str(Path(found).absolute())
        return place, environ.store_options(variables)
    from airside.workspace.workspace import store_location

    return store_location(context.workspace), context.workspace.settings.store.options


def _parsed(options: Sequence[str]) -> dict[str, str]:
    pairs = [option.partition("=") for option in options]
    if bad := next((key for key, equals, _ in pairs if not key or not equals), None):
        raise UsageError(f"--option {bad} has no value", hint="Give it as --option KEY=VALUE.")
    return {key: value for key, _, value in pairs}
