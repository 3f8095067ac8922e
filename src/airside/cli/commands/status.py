"""`airside status`."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from airside.base import clock
from airside.base.digest import Digest
from airside.base.errors import AirsideError, FindingsError, PlatformError
from airside.base.names import bundle_name
from airside.cli.context import Context
from airside.cli.platforms_shown import platform_shown
from airside.cli.running import unattended
from airside.cli.served_secrets import hidden
from airside.cli.verb import verb
from airside.delivery.environments import read_current, read_record
from airside.delivery.serving import shortfall
from airside.platform.confirmation import STALE_AFTER, confirmed_at
from airside.platform.local import ComponentState, find, leftovers
from airside.release.pointer import Pointer

if TYPE_CHECKING:
    from airside.platform.local import RunningPlatform


@verb
def command(context: Context) -> None:
    r"""Show what runs here and what every environment serves.

    The components of the local Airflow, and which connections and variables its environment variables hide; then each
    environment: where it points, and whether the local Airflow serves that, as far as it tracks the environment.

    \b
    airside status --json

    Exit codes: 1 a component of the local Airflow does not run, Airflow does not serve what an environment
    points to, refuses it, or has not heard from the store for two minutes; 4 the store does not answer.
    """
    platform = find(context.workspace)
    components = platform.components() if platform else []
    shadowed = hidden(context, platform) if platform else []
    _show_platform(context, platform, components)
    for shadow in shadowed:
        context.output.say(f"{shadow.variable} is set and wins over the {shadow.kind} {shadow.name}", style="yellow")
    found = {name: read_current(context.store, name) for name in context.workspace.settings.environments}
    pointers = {name: current.pointer if current else None for name, current in found.items()}
    there = {name: shown for name in pointers if (shown := platform_shown(context, name, pointers[name]))}
    rows = [
        _environment(context, name, pointer, platform) | {"airflow": there[name].document() if name in there else None}
        for name, pointer in pointers.items()
    ]
    _show_environments(context, rows)
    for line in filter(None, (shown.line for shown in there.values())):
        context.output.say(line, style="yellow")
    left = leftovers(context.workspace) if platform is None else []
    findings = [unattended(context, left)] if left else _findings(components, rows)
    findings += [shown.finding for shown in there.values() if shown.finding]
    context.output.document(
        {
            "workspace": context.workspace.name,
            "platform": {
                "url": platform.url,
                "tracked": platform.tracked,
                "components": [asdict(component) for component in components],
                "shadowed": [asdict(shadow) for shadow in shadowed],
            }
            if platform
            else None,
            "environments": rows,
            "findings": [finding.message for finding in findings],
        }
    )
    if findings and context.output.as_json:  # they are in the document, and there is to be one alone
        raise click.exceptions.Exit(findings[0].exit_code)
    if findings:
        raise findings[0]


def _show_platform(context: Context, platform: "RunningPlatform | None", components: Sequence[ComponentState]) -> None:
    output = context.output
    if platform is None:
        output.say("No Airflow of this workspace runs here; `airside up` starts one")
        return
    tracked = ", ".join(platform.tracked) or "dev, the working tree"
    output.say(f"Airflow at {platform.url} serves {tracked}")
    rows = ((c.name, c.state, str(c.pid or ""), str(c.restarts), c.detail) for c in components)
    output.table(("component", "state", "pid", "restarts", ""), rows)


def _show_environments(context: Context, rows: Sequence[dict[str, object]]) -> None:
    columns = ("environment", "generation", "release", "tree", "served here")
    fields = ("environment", "generation", "release", "tree", "served")
    context.output.table(columns, ([_cell(field, row[field]) for field in fields] for row in rows))


def _cell(field: str, value: object) -> str:
    if value is None:
        return "-"
    return Digest.parse(str(value)).short if field == "tree" else str(value)


def _environment(
    context: Context, name: str, pointer: Pointer | None, platform: "RunningPlatform | None"
) -> dict[str, object]:
    return {
        "environment": name,
        "generation": pointer.generation if pointer else None,
        "release": pointer.release if pointer else None,
        "tree": pointer.tree if pointer else None,
        "pinned": bool(pointer and pointer.pin),
        "served": _served(context, pointer, platform) if platform and name in platform.tracked else None,
        "stale_since": _stale_since(context, name) if platform and name in platform.tracked else None,
    }


def _stale_since(context: Context, environment: str) -> str | None:
    """Return since when the store has not confirmed what is served here; None while it does."""
    confirmed = confirmed_at(context.workspace, environment)
    stale = confirmed is not None and context.now() - confirmed > STALE_AFTER
    return clock.to_text(confirmed) if confirmed and stale else None


def _served(context: Context, pointer: Pointer | None, platform: "RunningPlatform") -> str:
    if pointer is None:
        return "yes"
    record = read_record(context.store, pointer.release)
    try:
        missing = shortfall(platform.client(), bundle_name(pointer.environment), record)
    except PlatformError as error:
        return f"unknown: {error.message}"
    return missing.describe() if missing else "yes"


def _findings(components: Sequence[ComponentState], rows: Sequence[dict[str, object]]) -> list[AirsideError]:
    findings: list[AirsideError] = [
        FindingsError(f"{c.name} is {c.state}: {c.detail}", hint=f"`airside logs {c.name}` shows why.")
        for c in components
        if c.state != "running"
    ]
    findings += [
        FindingsError(
            f"Airflow does not serve {row['environment']!r}: {row['served']}",
            hint="`airside logs dag-processor` shows why.",
        )
        for row in rows
        if row["served"] not in {None, "yes"}
    ]
    findings += [
        FindingsError(
            f"Airflow has heard nothing from the store about {row['environment']!r} since {row['stale_since']}; "
            "it serves what it served then",
            hint="`airside logs dag-processor` shows why.",
        )
        for row in rows
        if row["stale_since"] is not None
    ]
    return findings
