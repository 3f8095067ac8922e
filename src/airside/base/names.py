"""Names of workspaces and environments: they become keys in a store, folders and bundle names."""

import re

_NAME = re.compile(r"[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?")
_ENVIRONMENT = re.compile(rf"{_NAME.pattern}(/{_NAME.pattern})?")

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
