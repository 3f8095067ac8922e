"""Waiting until the Airflow of an environment serves a release: the local one, or the one that the settings name."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from airside.base.errors import FindingsError, PlatformError, RefusedError, UsageError
from airside.base.names import bundle_name
from airside.cli.airflows import address_elsewhere, airflow_elsewhere, tracking_platform
from airside.cli.context import Context
from airside.delivery.environments import read_current, read_record
from airside.delivery.serving import Shortfall, affected, clashes, push, shortfall
from airside.release.record import Record

if TYPE_CHECKING:
    from airside.platform.api import AirflowClient

INTERVAL: Final = 0.2
"""Seconds between two questions to Airflow."""

_INTERVAL_ELSEWHERE: Final = 1.0
_UNAUTHORIZED, _FORBIDDEN = 401, 403


def require_no_clash(context: Context, environment: str, record: Record) -> None:
    """Refuse a release that would take workflows from another environment of the same Airflow.

    Raises:
        RefusedError: Both hold a workflow of the same id.
    """
    if platform := tracking_platform(context, environment):
        refuse_clashes(context, record, environment, platform.tracked)


def refuse_clashes(context: Context, record: Record, environment: str, tracked: Collection[str]) -> None:
    """Refuse `record` in `environment` if one of the `tracked` environments holds a workflow of the same id.

    Raises:
        RefusedError: One does.
    """
    if taken := clashes(record, _others(context, environment, tracked)):
        workflow, owner = next(iter(taken.items()))
        raise RefusedError(
            f"Workflow {workflow!r} is in {environment!r} and in {owner!r}, which one Airflow tracks both; "
            "it can serve only one of them",
            hint="Track each environment in an Airflow of its own, or give one of the workflows another id.",
        )


def foreign_workflows(context: Context, environment: str) -> dict[str, str]:
    """Return the workflow ids that other environments of the Airflow which tracks `environment` use, each with its own.

    Empty where no Airflow that is known here tracks it.
    """
    platform = tracking_platform(context, environment)
    others = _others(context, environment, platform.tracked) if platform else {}
    return {workflow.id: name for name, record in others.items() for workflow in record.workflows}


def _others(context: Context, environment: str, tracked: Collection[str]) -> dict[str, Record]:
    found = {name: read_current(context.store, name) for name in tracked if name != environment}
    return {name: read_record(context.store, current.pointer.release) for name, current in found.items() if current}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of waiting.

    Attributes:
        served: Whether an Airflow serves the release.
        told: The same as a clause.
    """

    served: bool
    told: str


@dataclass(frozen=True, slots=True)
class _Airflow:
    """An Airflow to wait for.

    Attributes:
        client: Asks it.
        name: What it is called in messages.
        hint: Where its owner looks when it does not serve a release.
        elsewhere: It is behind a network: one answer that does not come is not the end.
    """

    client: "AirflowClient"
    name: str
    hint: str
    elsewhere: bool


def follow(context: Context, environment: str, record: Record, changed: Collection[str], seconds: float) -> Outcome:
    """Have the Airflow that tracks `environment` serve `record` at once, and wait until it does.

    Raises:
        FindingsError: It does not serve all of it within `seconds`, or does not answer.
    """
    found = _airflow(context, environment, seconds)
    if isinstance(found, Outcome):
        return found
    context.output.progress(f"Waiting until {found.name} serves {record.id}")
    try:
        missing = _waited(context, found, (bundle_name(environment), record, affected(record, changed)), seconds)
    except (PlatformError, UsageError) as error:
        raise FindingsError(
            f"{environment!r} points to release {record.id}, but {found.name} does not answer: {error.message}",
            hint=error.hint if found.elsewhere else "`airside status` shows its components.",
        ) from error
    if missing:
        raise FindingsError(
            f"{environment!r} points to release {record.id}, but after {seconds:.0f} s {found.name} does not serve "
            f"all of it: {missing.describe()}",
            hint=f"{found.hint}; `airside rollback` takes the release back.",
        )
    return Outcome(served=True, told=f"{found.name} serves it")


def _airflow(context: Context, environment: str, seconds: float) -> _Airflow | Outcome:
    """Return the Airflow to wait for, or why none is."""
    if platform := tracking_platform(context, environment):
        if seconds <= 0:
            return Outcome(served=False, told="Airflow was not waited for")
        return _Airflow(platform.client(), "Airflow", "`airside logs dag-processor` shows why", elsewhere=False)
    if (address := address_elsewhere(context, environment)) is None:
        return Outcome(served=False, told="no Airflow of this workspace runs that serves it")
    unknown = Outcome(served=False, told=f"{address} was not waited for")
    if seconds <= 0:
        return unknown
    try:
        client = airflow_elsewhere(repr(environment), address)
    except UsageError as error:
        context.output.progress(f"{error.message}, and is not waited for. {error.hint}", style="yellow")
        return unknown
    return _Airflow(client, address, "The log of its DAG processor says why", elsewhere=True)


def _waited(
    context: Context, airflow: _Airflow, wanted: tuple[str, Record, Collection[str]], seconds: float
) -> Shortfall:
    """Return what is missing after `seconds` at most.

    Raises:
        PlatformError: The Airflow does not answer; one elsewhere has as long as that to do so.
        UsageError: What lets in to it cannot be read.
    """
    bundle, record, workflows = wanted
    deadline, pushed = time.monotonic() + seconds, False
    while True:
        try:
            if not pushed:
                _push(context, airflow, bundle, workflows)
                pushed = True
            missing = shortfall(airflow.client, bundle, record, workflows)
        except PlatformError as error:
            if not airflow.elsewhere or time.monotonic() >= deadline or _is_final(error):
                raise
        else:
            if not missing or time.monotonic() >= deadline:
                return missing
        time.sleep(_INTERVAL_ELSEWHERE if airflow.elsewhere else INTERVAL)


def _push(context: Context, airflow: _Airflow, bundle: str, workflows: Collection[str]) -> None:
    try:
        push(airflow.client, bundle, workflows)
    except PlatformError as error:
        if not airflow.elsewhere or _status(error) != _FORBIDDEN:
            raise
        text = f"The user may not have {airflow.name} parse files: it serves the release when it looks the next time"
        context.output.progress(text)


def _is_final(error: PlatformError) -> bool:
    """Tell whether asking again leads to the same: the Airflow does not let the user in."""
    return _status(error) in {_UNAUTHORIZED, _FORBIDDEN}


def _status(error: PlatformError) -> int | None:
    from airside.platform.http import ApiError

    return error.status if isinstance(error, ApiError) else None
