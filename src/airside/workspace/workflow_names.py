"""Names of new workflows: the id in Airflow, the function of the DAG file, and the stem of every file of it."""

import builtins
import keyword
import re
import sys
from typing import Final

from airside.base.errors import UsageError
from airside.config.files import RESERVED
from airside.workspace.policy_settings import PolicySettings

RULE: Final = "lower-case letters, digits and '_', at most 80, beginning with a letter"

_NAME = re.compile(r"[a-z][a-z0-9_]{0,79}")
_USED = frozenset({"airflow", "airside", "checks", "config", "credentials", "dag", "report", "task", "workflow"})
"""What DAG files import, so that a function of this name would hide it."""

_TEAM = re.compile(r"""[^"'\\\x00-\x1f\x7f{}]{0,80}""")
"""What can be written between quotes into a DAG file, and into a tag of Airflow."""


def require_workflow_name(name: str, policy: PolicySettings) -> None:
    """Return when `name` can name a new workflow.

    Raises:
        UsageError: It cannot, or the policy of the workspace does not allow it; the hint names one that can.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot name a workflow: {RULE}", hint=_proposal(name))
    if keyword.iskeyword(name) or hasattr(builtins, name) or name in _USED | sys.stdlib_module_names:
        raise UsageError(
            f"{name!r} cannot name a workflow: it means something else in a DAG file",
            hint=f"Say what it works on, such as {name}_orders.",
        )
    if name in RESERVED:
        raise UsageError(
            f"{name!r} cannot name a workflow: configs/{name} is a layer, and no config",
            hint=f"Say what it works on, such as {name}_orders.",
        )
    said = policy.rules.get("workflow-id")
    pattern = getattr(said, "pattern", None)
    if said is not None and said.severity == "error" and pattern and not re.search(pattern, name):
        raise UsageError(
            f"{name!r} is not what [policy] asks of the ids of workflows: {pattern}",
            hint="Choose another name, or change workflow-id in airside.toml.",
        )


def read_team(text: str) -> str:
    """Return `text` as the name of a team, nothing where it is empty.

    Raises:
        UsageError: It cannot stand in the tag ``team:<name>``, or between quotes in a DAG file.
    """
    team = text.strip()
    if not _TEAM.fullmatch(team):
        raise UsageError(
            f"{team!r} cannot name a team: at most 80 characters on one line, without quotes, braces and \\",
            hint="Such as sales.",
        )
    return team


def _proposal(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    near = re.sub(r"[^a-z0-9]+", "_", words).strip("_")[:80].rstrip("_")
    if not near:
        return "Such as daily_orders."
    return f"Such as {near if near[0].isalpha() else f'workflow_{near}'}."
