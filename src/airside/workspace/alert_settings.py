"""What `[[alerts]]` and `[alerting]` in `airside.toml` may say: who hears of what."""

from collections.abc import Iterable
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from airside.base.suggestions import suggestion

EVENTS: Final = (
    "task-failed",
    "run-failed",
    "run-recovered",
    "check-failed",
    "import-error",
    "import-fixed",
    "deadline-missed",
    "not-served",
    "served-again",
    "deployed",
    "promoted",
    "rolled-back",
    "summary",
)
"""What a route can name; what they mean is in `airside.alerts.event`."""

SEVERITIES: Final = ("info", "warning", "error", "critical")


def _event(value: str) -> str:
    return _known(value, EVENTS, "event")


def _severity(value: str) -> str:
    return _known(value, SEVERITIES, "severity")


def _known(value: str, known: Iterable[str], what: str) -> str:
    known = tuple(known)
    if value not in known:
        raise ValueError(f"{value!r} is no {what} (known: {', '.join(known)}{suggestion(value, known)})")
    return value


def _runbook(value: str) -> str:
    try:
        value.format(environment="", workflow="", team="")
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        allowed = "{environment}, {workflow} and {team}, and no other braces"
        raise ValueError(f"{value!r} is no pattern of addresses: it may hold {allowed}") from error
    return value


Event = Annotated[str, AfterValidator(_event)]
Severity = Annotated[str, AfterValidator(_severity)]
Pattern = Annotated[str, Field(min_length=1)]
Patterns = Annotated[tuple[Pattern, ...], Field(strict=False)]
WEB_ADDRESS: Final = r"^https?://"
Url = Annotated[str, Field(pattern=WEB_ADDRESS)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class AlertSettings(_Table):
    """``[[alerts]]``: which channels hear of which events. What is left out matches all.

    Attributes:
        name: For messages; without one, the number of the route.
        channels: Ids of connections, looked up in the environment that the event is of.
        environments: Shell patterns of their names.
        teams: Shell patterns.
        workflows: Shell patterns of their ids.
        tasks: Shell patterns of their ids.
        events: Their names; a recovery follows what it ends.
        severity: The least; without it, `warning`, and whatever `events` names.
        by_task: Each task of a workflow has an incident of its own.
    """

    name: str = ""
    channels: Annotated[tuple[Pattern, ...], Field(strict=False, min_length=1)]
    environments: Patterns = ()
    teams: Patterns = ()
    workflows: Patterns = ()
    tasks: Patterns = ()
    events: Annotated[tuple[Event, ...], Field(strict=False)] = ()
    severity: Severity | None = None
    by_task: bool = False


class AlertingSettings(_Table):
    """``[alerting]``: how alerts are watched for.

    Attributes:
        base_url: Where people open Airflow, for the links in messages; None: the local Airflow, or that of the
            environment.
        interval: Seconds between two questions to Airflow.
        runbook: The address of a workflow's runbook; may hold ``{environment}``, ``{workflow}`` and ``{team}``.
    """

    base_url: Url | None = None
    interval: Annotated[float, Field(ge=0.5, le=300, strict=False)] = 2.0
    runbook: Annotated[str, AfterValidator(_runbook)] | None = None
