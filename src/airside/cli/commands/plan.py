"""`airside plan ENV`."""

import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from airside.base.errors import UsageError
from airside.cli.context import Context
from airside.cli.planned import Known, plan_of, show
from airside.cli.promoted import promotion
from airside.cli.protection import approvals_needed, refusals
from airside.cli.verb import verb
from airside.delivery.moves import Proposal, Request, propose_deploy, propose_release

if TYPE_CHECKING:
    from airside.planning.report import PlanReport

FORMS = ("text", "markdown", "json")


@dataclass(frozen=True)
class _Asked:
    """Which move is to be planned: that to another environment's release, to a release, or a deploy."""

    environment: str
    source: str | None
    release: str | None
    commit: str | None
    allow_dirty: bool

    def then(self, approvals: int) -> str:
        """Return the command that makes the move, or leads to it where others have to approve it."""
        of = f" --commit {self.commit}" if self.commit else ""
        if self.release or approvals:
            which = f" --release {self.release}" if self.release else f" --from {self.source}" if self.source else ""
            return f"airside plan {self.environment}{which}{of} --out plan.json"
        promote = f"airside promote {self.source} {self.environment}{of}"
        return promote if self.source else f"airside deploy {self.environment}"


@verb
@click.argument("environment", metavar="ENV")
@click.option("--from", "source", metavar="ENV", help="Plan a promotion from this environment, not a deploy.")
@click.option("--commit", metavar="SHA", help="Of --from: the release that it has served of this git commit.")
@click.option("--release", metavar="ID", help="Plan a move to this release of the store, not a deploy.")
@click.option("--allow-dirty", is_flag=True, help="Plan a release of uncommitted changes too.")
@click.option("--allow-removals", is_flag=True, help="Do not call it blocked where many of the workflows go.")
@click.option("--format", "form", type=click.Choice(FORMS), default="text", show_default=True, help="What to print.")
@click.option("--source", "show_source", is_flag=True, help="Show what changes in the files line by line.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write the plan for `apply`."
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 where something changes.")
def command(
    context: Context,
    environment: str,
    *,
    source: str | None,
    commit: str | None,
    release: str | None,
    form: str,
    out: Path | None,
    allow_dirty: bool,
    allow_removals: bool,
    show_source: bool,
    detailed_exitcode: bool,
) -> int:
    r"""Show what a deploy or a promotion would change.

    Workflows, tasks, schedules, assets, configs and needs; runs that would start at once and runs in flight, from the
    Airflow that tracks ENV where it answers; what ENV lacks. Nothing is written but FILE.

    \b
    airside plan production                              a deploy of this workspace
    airside plan production --from preprod               a promotion
    airside plan production --from preprod --commit 8067c26
    airside plan preprod --format markdown               for a pull request
    airside plan production --from preprod --out plan.json
    airside apply plan.json                              exactly that

    Exit codes: 0 with or without changes (with --detailed-exitcode: 2 with changes); 1 the check finds errors; 2 usage;
    3 uncommitted changes.
    """
    from airside.planning.report import detailed_exit_code

    if source is not None and release is not None:
        raise UsageError("--from and --release exclude each other", hint="Name the environment, or the release.")
    if commit is not None and source is None:
        raise UsageError("--commit needs --from", hint="Name the environment that has served a release of the commit.")
    asked = _Asked(environment, source, release, commit, allow_dirty)
    with ExitStack() as stack:
        proposal, known = _proposal(context, asked, stack)
        known = replace(
            known,
            show_source=show_source,
            allow_removals=allow_removals,
            refusals=refusals(context, proposal),
            approvals=approvals_needed(context, proposal),
        )
        report = plan_of(context, proposal, known)
    _print(context, report, proposal, "json" if context.output.as_json else form)
    if out is not None:
        _write(context, out, report, proposal, known)
    if form == "text" and not (report.is_empty or known.refusals or report.needs_allowance):
        step = "approve" if known.approvals else "apply"
        then = f"airside {step} {out}" if out else asked.then(known.approvals)
        context.output.say(f"  next: {then}", style="dim")
    return detailed_exit_code(report) if detailed_exitcode else 0


def _proposal(context: Context, asked: _Asked, stack: ExitStack) -> tuple[Proposal, Known]:
    context.workspace.settings.environment(asked.environment)
    if asked.source is not None:
        return promotion(context, asked.source, asked.environment, asked.commit), Known()
    request = Request(context.workspace.name, asked.environment, context.actor)
    if asked.release is not None:
        return propose_release(context.store, request, _release_id(asked.release)), Known()
    from airside.cli.drafted import drafted, known_of

    sign = context.sign
    draft = stack.enter_context(drafted(context, asked.environment, allow_dirty=asked.allow_dirty))
    return propose_deploy(context.store, request, draft.record.signed(sign), draft.tree), known_of(draft)


def _release_id(text: str) -> str:
    from airside.release.record import is_release_id

    if not is_release_id(text):
        raise UsageError(f"{text!r} is not the id of a release", hint="`airside releases` lists them.")
    return text


def _print(context: Context, report: "PlanReport", proposal: Proposal, form: str) -> None:
    from airside.planning.document import document
    from airside.planning.markdown import markdown

    if form == "markdown":
        sys.stdout.write(markdown(report))
    elif form == "json":
        before = proposal.current.pointer.release if proposal.current else None
        plan = document(report)
        whole = {"environment": report.environment, "from": before, "release": plan["after"]["release"], "plan": plan}
        replace(context.output, as_json=True).document(whole)
    else:
        show(context.output, report)


def _write(context: Context, path: Path, report: "PlanReport", proposal: Proposal, known: Known) -> None:
    from airside.base import clock
    from airside.cli.plan_files import write_plan
    from airside.delivery.plan_files import plan_file_of
    from airside.planning.document import document
    from airside.planning.verdict import verdict
    from airside.release.encoding import canonical

    plan = plan_file_of(
        proposal,
        created_at=clock.to_text(context.now()),
        summary=verdict(report).text,
        changes=canonical(document(report)),
        description=known.description,
    )
    write_plan(path, plan)
    context.output.progress(
        f"Wrote {path}: `airside approve {path}` adds a signature, `airside apply {path}` makes the move"
    )
