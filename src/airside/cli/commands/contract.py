"""`airside contract [WORKFLOW]`."""

from typing import TYPE_CHECKING

import click

from airside.base.errors import UsageError
from airside.cli.context import Context
from airside.cli.verb import verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airside.checking.contract.contract import Contract, Term
    from airside.inspection.facts import FileFacts

_WORDS = {"present": "present", "absent": "ABSENT", "unknown": "cannot tell"}


@verb
@click.argument("workflow", required=False, metavar="[WORKFLOW]")
@click.option("--env", "environment", metavar="ENV", help="Say of each whether this environment has it.")
def command(context: Context, workflow: str | None, *, environment: str | None) -> int:
    r"""Show what workflows need, and whether an environment has it.

    Connections, variables, pools, configs, assets, other workflows, template files, packages and environment
    variables: found in the operators, the templates and the code of the tasks. Names only; no key is needed.

    \b
    airside contract
    airside contract daily_orders --env production

    Exit codes: 1 the environment lacks what a workflow needs for sure; 2 there is no such workflow or environment.
    """
    from airside.checking.contract.contract import contracts
    from airside.cli.names import environment_names

    if environment is not None:
        context.workspace.settings.environment(environment)
    names = environment_names(context.workspace, environment) if environment is not None else None
    facts = _facts(context, environment)
    found = _chosen(contracts(facts, names), workflow)
    broken = [(contract, term) for contract in found for term in contract.terms if term.is_broken]
    _show(context, found, environment)
    _tell_failures(context, facts)
    context.output.document([_document(contract) for contract in found])
    if broken:
        context.output.say(f"✘ {environment} lacks {len(broken)} of what is needed", style="red")
        return 1
    then = f"airside plan {environment}" if environment else "airside contract --env ENV"
    context.output.done(f"{len(found)} workflow{'' if len(found) == 1 else 's'}", then=then)
    return 0


def _facts(context: Context, environment: str | None) -> "list[FileFacts]":
    from airside.cli.checking import open_inspector
    from airside.workspace.layout import serve_folder

    root = serve_folder(context.workspace)
    with open_inspector(context, context.workspace, environment) as inspector:
        return list(inspector.inspect(root, None))


def _chosen(found: "Sequence[Contract]", workflow: str | None) -> "Sequence[Contract]":
    if workflow is None:
        return found
    from airside.base.suggestions import suggestion

    chosen = [contract for contract in found if contract.workflow == workflow]
    if not chosen:
        known = [contract.workflow for contract in found]
        raise UsageError(
            f"There is no workflow {workflow!r}{suggestion(workflow, known)}",
            hint="`airside contract` shows all of them; `airside check` says which files cannot be imported.",
        )
    return chosen


def _show(context: Context, found: "Sequence[Contract]", environment: str | None) -> None:
    columns = ("needs", "name", "certainty", "where", "task")
    for contract in found:
        context.output.say(f"{contract.workflow}  ({contract.file})", style="bold")
        if not contract.terms:
            context.output.say("  nothing")
            continue
        rows = [_row(term, compared=environment is not None) for term in contract.terms]
        context.output.table((*columns, environment) if environment else columns, rows)


def _row(term: "Term", *, compared: bool) -> tuple[str, ...]:
    place, others = term.places[0], len(term.places) - 1
    where = f"{place} (+{others})" if others else str(place)
    certainty = f"{term.certainty}, optional" if term.optional else term.certainty
    row = (f"  {term.kind}", term.name, certainty, where, place.task or "")
    return (*row, _WORDS[term.outcome or "unknown"]) if compared else row


def _tell_failures(context: Context, facts: "Sequence[FileFacts]") -> None:
    failed = [file.file for file in facts if file.failures]
    if failed:
        context.output.progress(
            f"What {', '.join(failed)} would need cannot be told: airside check says why", style="yellow"
        )


def _document(contract: "Contract") -> dict[str, object]:
    return {
        "workflow": contract.workflow,
        "file": contract.file,
        "needs": [_term(term) for term in contract.terms],
    }


def _term(term: "Term") -> dict[str, object]:
    return {
        "kind": term.kind,
        "name": term.name,
        "certainty": term.certainty,
        "optional": term.optional,
        "outcome": term.outcome,
        "places": [{"file": place.file, "line": place.line, "task": place.task} for place in term.places],
    }
