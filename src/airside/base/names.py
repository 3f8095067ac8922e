"""Names of workspaces and environments: they become keys in a store, folders and bundle names."""

import re

_NAME = re.compile(r"[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?")
_ENVIRONMENT = re.compile(rf"{_NAME.pattern}(/{_NAME.pattern})?")
_SECRETS = "~secrets"
"""What the channel of an environment's secrets ends with. `~` is in no name of an environment."""

NAME_RULE = "lower-case letters, digits, '.', '_' and '-', at most 63, beginning and ending with a letter or digit"


def is_name(text: str) -> bool:
    """Tell whether `text` can name a workspace."""
    return _NAME.fullmatch(text) is not None and ".." not in text


def is_environment_name(text: str) -> bool:
    """Tell whether `text` can name an environment: a name, or two joined by a slash (``preview/my-branch``).

    Two hyphens stand for the slash in the name of a bundle. ``x.json`` is where the pointer of ``x`` lies, and in a
    folder it cannot be the folder of ``x.json/y`` too.
    """
    if _ENVIRONMENT.fullmatch(text) is None:
        return False
    return ".." not in text and "--" not in text and not text.partition("/")[0].endswith(".json")


def bundle_name(environment: str) -> str:
    """Return the name of the Airflow bundle that serves `environment`.

    Airflow uses it as one path segment (airflow/dag_processing/bundles/base.py 3.3.2), so it has no slash.
    """
    return environment.replace("/", "--")


def secrets_channel(environment: str) -> str:
    """Return the channel of the secrets of `environment`: what they are called in a store."""
    return f"{environment}{_SECRETS}"


def is_channel(name: str) -> bool:
    """Tell whether `name` is the channel of an environment's secrets."""
    return name.endswith(_SECRETS) and is_environment_name(name.removesuffix(_SECRETS))


def environment_of_channel(name: str) -> str:
    """Return the environment that `name` is of: of a channel the one whose secrets it has, else `name` itself."""
    return name.removesuffix(_SECRETS) if is_channel(name) else name


def told(name: str) -> str:
    """Return an environment or a channel as the object of a sentence: ``'preprod'``, ``the secrets of 'preprod'``."""
    return f"the secrets of {environment_of_channel(name)!r}" if is_channel(name) else repr(name)


def subject(name: str) -> str:
    """Return an environment or a channel as the beginning of a sentence, in the singular."""
    return f"The channel with the secrets of {environment_of_channel(name)!r}" if is_channel(name) else repr(name)


def titled(name: str) -> str:
    """Return an environment or a channel with the word for it, such as ``environment 'preprod'``."""
    return told(name) if is_channel(name) else f"environment {name!r}"


def readable(name: str) -> str:
    """Return an environment or a channel for a list of them: ``preprod``, ``the secrets of preprod``."""
    return f"the secrets of {environment_of_channel(name)}" if is_channel(name) else name


def never_moved(name: str) -> str:
    """Return the sentence that nothing ever came to an environment or a channel."""
    if is_channel(name):
        return f"No secrets were ever applied to {environment_of_channel(name)!r}"
    return f"Nothing was ever deployed to {name!r}"


def command_line(verb: str, name: str) -> str:
    """Return the command line of a verb about `name`: that for an environment, or its twin for the secrets of one."""
    if not is_channel(name):
        return f"airside {verb} {name}"
    return f"airside secrets {'apply' if verb == 'deploy' else verb} {environment_of_channel(name)}"
