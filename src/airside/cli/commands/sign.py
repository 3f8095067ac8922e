"""`airside sign RELEASE`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from airside.base.errors import RefusedError, UsageError
from airside.cli.context import Context
from airside.cli.own_key import own_signer
from airside.cli.verb import verb
from airside.cli.visible import visible
from airside.delivery.countersignatures import add_signature, read_signature
from airside.delivery.environments import read_record
from airside.release.envelope import Signature
from airside.release.record import Record, is_release_id

if TYPE_CHECKING:
    from airside.signing.signer import Signer


@verb
@click.argument("release", metavar="RELEASE")
@click.option("--key", metavar="KEY", help="The name of a key of yours, the path of a PEM file, or the URI of a key.")
def command(context: Context, release: str, *, key: str | None) -> None:
    r"""Add your signature to a release.

    For environments that demand more than one. It shows what is signed, and asks.

    \b
    airside sign 20261121-043000-d2ccf3dd
    airside sign 20261121-043000-d2ccf3dd --key releases

    Exit codes: 2 you have no key, or that is no release; 3 not confirmed, or the release is of another workspace;
    4 the store does not answer; 5 the release is damaged or missing.
    """
    if not is_release_id(release):
        raise UsageError(f"{release[:100]!r} is not the id of a release", hint="`airside releases` lists them.")
    signer = own_signer(context, key)
    record = read_record(context.store, release)
    if record.workspace != context.workspace.name:
        raise RefusedError(f"Release {release} is of workspace {record.workspace!r}, not {context.workspace.name!r}")
    detached = _detached(context, record, signer)
    _show(context, record, detached)
    if _holds(record, detached, signer):
        _tell(context, record, signer, added=False)
        return
    context.confirm(f"Sign release {release} with key {signer.name} ({signer.public.short})?")
    _tell(context, record, signer, added=add_signature(context.store, release, signer.signature(record.sealed)))


def _detached(context: Context, record: Record, signer: "Signer") -> list[Signature]:
    trusted = {key.keyid for key in context.trust.keys.values()} if context.trust else set()
    found = (read_signature(context.store, record.id, keyid) for keyid in sorted(trusted | {signer.public.keyid}))
    return [signature for signature in found if signature is not None]


def _holds(record: Record, detached: Sequence[Signature], signer: "Signer") -> bool:
    from airside.signing.rules import signers

    return bool(signers({signer.name: signer.public}, record.sealed, detached))


def _show(context: Context, record: Record, detached: Sequence[Signature]) -> None:
    from airside.signing.rules import described

    source, output = record.source, context.output
    names = described(context.trust.keys if context.trust else {}, record.sealed, detached)
    dirty = ", with changes that no commit holds" if source.dirty else ""
    checks = (f"{check.name} {'passed' if check.passed else 'FAILED'} on {check.subjects}" for check in record.checks)
    output.say(f"Release {record.id} of {record.workspace}, built {record.created_at}", style="bold")
    for line in (
        f"tree       {record.tree}",
        f"commit     {source.commit or 'none'}{dirty}",
        f"author     {source.author or 'unknown'}: {source.message or ''}",
        f"from       {source.repository or 'no remote'}, branch {source.branch or 'none'}",
        "holds      encrypted secrets"
        if record.holds
        else f"workflows  {', '.join(workflow.id for workflow in record.workflows) or 'none'}",
        f"checks     {', '.join(checks) or 'none'}",
        f"signed by  {', '.join(names) or 'nobody'}",
    ):
        output.say(f"  {visible(line)}")


def _tell(context: Context, record: Record, signer: "Signer", *, added: bool) -> None:
    counts = (
        [name for name, rule in context.trust.rules.items() if signer.public in rule.releases.values()]
        if context.trust
        else []
    )
    context.output.document({"release": record.id, "keyid": signer.public.keyid, "added": added, "counts_in": counts})
    if context.trust is not None and not counts:
        context.output.progress(f"{context.trust.origin} counts this key in no environment", style="yellow")
    what = "is signed" if added else "was signed before"
    target = next((name for name in counts if "*" not in name), "ENV")
    context.output.done(
        f"Release {record.id} {what} with key {signer.name} ({signer.public.short})",
        then=f"airside promote FROM {target}",
    )
