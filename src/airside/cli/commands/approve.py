"""`airside approve FILE`."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from airside.base.errors import RefusedError, UntrustedError
from airside.cli import planned
from airside.cli.context import Context
from airside.cli.own_key import own_signer
from airside.cli.plan_files import read_plan, write_plan
from airside.cli.protection import counted_approvals
from airside.cli.replanned import replan
from airside.cli.verb import verb
from airside.cli.visible import visible
from airside.release.envelope import MAX_SIGNATURES
from airside.release.plan_file import PlanFile
from airside.release.record import Record

if TYPE_CHECKING:
    from airside.signing.rules import Keys
    from airside.signing.signer import Signer
    from airside.signing.trust import Trust


@verb
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--key", metavar="KEY", help="The name of a key of yours, the path of a PEM file, or the URI of a key.")
def command(context: Context, file: Path, *, key: str | None) -> None:
    r"""Approve a plan: add your signature to its file.

    For environments that require approvals. It makes the plan anew from the store and the commit, refuses one that
    says what is not so, shows it, and asks.

    \b
    airside plan production --out plan.json
    airside approve plan.json
    airside apply plan.json

    Exit codes: 2 you have no key, or there is no such file; 3 not confirmed, trust.toml does not know your key, or
    the plan is stale or for another workspace; 4 the store does not answer; 5 the plan or its release is damaged.
    """
    plan = read_plan(context, file)
    signer = own_signer(context, key)
    trust = _require_known(context, signer)
    found = replan(context, plan)
    record = found.proposal.record
    planned.show(context.output, found.report)
    for line in _words(trust, plan, record):
        context.output.say(visible(line))
    added = not _has_signed(plan, signer)
    if added:
        context.confirm(f"Approve it with key {signer.name} ({signer.public.short})?")
        plan = plan.signed(signer.sign)
        write_plan(file, plan)
    counted = _counted(trust, plan, record)
    _tell_counted(context, trust, plan, counts=signer.public in counted.values())
    document = {"file": str(file), "environment": plan.environment, "action": plan.action, "release": plan.release}
    counts = {"counts": signer.public in counted.values(), "approvals": len(counted)}
    context.output.document({**document, "keyid": signer.public.keyid, "added": added, **counts})
    what = "is approved" if added else "was approved before"
    context.output.done(
        f"The plan {what} with key {signer.name} ({signer.public.short}); approvals that count: {len(counted)}",
        then=f"airside apply {file}",
    )


def _tell_counted(context: Context, trust: "Trust", plan: PlanFile, *, counts: bool) -> None:
    if not counts:
        context.output.progress(
            f"This approval does not count in {plan.environment}: your key made the release, or {trust.origin} does "
            "not name it for that environment",
            style="yellow",
        )


def _require_known(context: Context, signer: "Signer") -> "Trust":
    yours = f"{signer.name} ({signer.public.short})"
    hint = "Somebody who may change trust.toml adds it: `airside keys trust KEY --environment ENV`."
    if context.trust is None:
        raise RefusedError(f"There is no trust.toml, so nobody knows your key {yours}", hint=hint)
    if signer.public not in context.trust.keys.values():
        raise RefusedError(f"{context.trust.origin} does not know your key {yours}", hint=hint)
    return context.trust


def _has_signed(plan: PlanFile, signer: "Signer") -> bool:
    """Tell whether this key has approved the plan.

    Raises:
        RefusedError: It has not, and there is no room for its signature.
    """
    from airside.signing.rules import signers

    if signers({signer.name: signer.public}, plan.sealed):
        return True
    if len(plan.sealed.signatures) >= MAX_SIGNATURES:
        raise RefusedError(f"The plan has {MAX_SIGNATURES} signatures, and no reader takes more; make a new one")
    return False


def _words(trust: "Trust", plan: PlanFile, record: Record) -> Iterator[str]:
    from airside.signing.rules import described

    source = record.source
    dirty = ", with changes that no commit holds" if source.dirty else ""
    checks = (f"{check.name} {'passed' if check.passed else 'FAILED'} on {check.subjects}" for check in record.checks)
    before = f"generation {plan.expected.generation}, release {plan.expected.release}" if plan.expected else "nothing"
    yield f"Plan of {plan.created_at} for {plan.environment}"
    yield f"  it said    {plan.summary or 'nothing'}"
    yield f"  why        {plan.reason or 'not said'}"
    yield f"  from       {before}"
    yield f"  to         release {plan.release} of {record.workspace}, built {record.created_at}"
    yield f"  tree       {plan.tree}"
    yield f"  commit     {source.commit or 'none'}{dirty}"
    yield f"  author     {source.author or 'unknown'}: {source.message or ''}"
    yield f"  workflows  {', '.join(workflow.id for workflow in record.workflows) or 'none'}"
    yield f"  checks     {', '.join(checks) or 'none'}"
    yield f"  made by    {', '.join(described(trust.keys, record.sealed)) or 'nobody who signed it'}"
    yield f"  approved   {', '.join(described(trust.keys, plan.sealed)) or 'by nobody yet'}"


def _counted(trust: "Trust", plan: PlanFile, record: Record) -> "Keys":
    try:
        return counted_approvals(trust, plan.environment, record, plan.sealed)
    except UntrustedError:  # nothing is said of that environment
        return {}
