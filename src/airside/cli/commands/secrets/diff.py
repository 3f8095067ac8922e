"""`airside secrets diff`."""

import json
from typing import TYPE_CHECKING

import click

from airside.base.errors import UsageError
from airside.cli.context import Context
from airside.cli.secret_files import document_path, environments
from airside.cli.verb import verb

if TYPE_CHECKING:
    from airside.cli.secret_versions import Layers
    from airside.secrets.comparing import Difference

_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


@verb
@click.argument("environment", metavar="ENV|base")
@click.option("--against", metavar="REF|ENV", help="A commit, a tag, a branch, or another environment. [default: HEAD]")
@click.option("--applied", is_flag=True, help="Against what the environment serves now.")
@click.option("--reveal", is_flag=True, help="Print the values.")
def command(context: Context, environment: str, *, against: str | None, applied: bool, reveal: bool) -> None:
    r"""Show which secrets differ from a commit, an environment or what is applied.

    Base counts as part of each environment. With your key the values are compared, and shown with --reveal only.
    Without it their ciphertexts are, and all that was encrypted anew counts as changed.

    \b
    airside secrets diff preprod
    airside secrets diff preprod --against production
    airside secrets diff production --applied

    Exit codes: 2 no such environment or commit; 5 a document was tampered with.
    """
    from airside.cli.secret_versions import compared, working_layers
    from airside.secrets.comparing import differences

    if against is not None and applied:
        raise UsageError("--against and --applied cannot both be given")
    document_path(context, environment)
    other = _other(context, environment, against, applied=applied)
    how, before, after = compared(context, (other, working_layers(context, environment)))
    if reveal and how != "values":
        raise UsageError("Your key cannot decrypt both sides, so there is nothing to reveal")
    if how != "values" and against in environments(context):
        after, before = (dict.fromkeys(side, "") for side in (after, before))  # each has its own data key
        how = "names"
    found = list(differences(before, after))
    context.output.document(
        {
            "environment": environment,
            "against": other.label,
            "compared": how,
            "differences": [_as_json(difference, reveal=reveal) for difference in found],
        }
    )
    _tell(context, found, other.label, how, reveal=reveal)


def _other(context: Context, environment: str, against: str | None, *, applied: bool) -> "Layers":
    from airside.cli.secret_versions import applied_layers, committed_layers, working_layers

    if applied:
        return applied_layers(context, environment)
    if against in environments(context):
        return working_layers(context, str(against))
    return committed_layers(context, environment, against or "HEAD")


def _tell(context: Context, found: "list[Difference]", label: str, how: str, *, reveal: bool) -> None:
    for difference in found:
        fields = f" ({', '.join(difference.fields)})" if difference.fields else ""
        context.output.say(f"{_SIGNS[difference.action]} {difference.name}{fields}")
        if reveal:
            context.output.say(f"    {_shown(difference.before)} → {_shown(difference.after)}")
    if not found:
        context.output.say(f"Nothing differs from {label}")
    if how != "values":
        context.output.progress(f"Only each {'name' if how == 'names' else how} was compared: no key fits both sides")


def _as_json(difference: "Difference", *, reveal: bool) -> dict[str, object]:
    told: dict[str, object] = {"name": difference.name, "action": difference.action, "fields": difference.fields}
    return told | ({"before": difference.before, "after": difference.after} if reveal else {})


def _shown(value: object) -> str:
    return "(not there)" if value is None else json.dumps(value, ensure_ascii=False)
