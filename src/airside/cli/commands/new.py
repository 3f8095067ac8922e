"""`airside new NAME`."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from airside.base.errors import AirsideError, UsageError
from airside.cli.context import Context
from airside.cli.verb import verb

if TYPE_CHECKING:
    from airside.workspace.new_workflow import NewWorkflow, WorkflowRequest
    from airside.workspace.workflow_templates import WorkflowTemplate


@verb
@click.argument("name", required=False, metavar="NAME")
@click.option("--template", metavar="T", help="etl, sql, notebook, …, or one of the workspace; --list shows all.")
@click.option("--team", metavar="TEAM", help="Whose it is; otherwise what the defaults of the workspace say.")
@click.option("--schedule", metavar="S", help="A preset, a cron expression in quotes, or none.  [default: @daily]")
@click.option("--data", multiple=True, metavar="KEY=VALUE", help="Answer a question of the template; may be repeated.")
@click.option("--list", "lists", is_flag=True, help="Show the templates there are.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
def command(
    context: Context,
    name: str | None,
    *,
    template: str | None,
    team: str | None,
    schedule: str | None,
    data: tuple[str, ...],
    lists: bool,
    dry_run: bool,
) -> None:
    r"""Make a workflow from a template, with its config, its test and its runbook.

    The new workflow passes `airside check` and `airside test` at once. At a terminal it asks for what it was not told.
    Nothing is overwritten. Packages that the workflow needs are added to requirements.txt.

    \b
    airside new daily_orders
    airside new daily_orders --template sql --team sales --schedule '30 6 * * mon-fri'
    airside new daily_orders --template sql --data connection=dwh --dry-run
    airside new --list

    Exit codes: 2 no such template, or a name or a schedule that is none; 3 a file of it is there already.
    """
    from airside.workspace.workflow_templates import find_template

    if lists:
        _show_templates(context)
        return
    asks = sys.stdin.isatty() and not (context.output.as_json or context.assume_yes)
    chosen_name = _name(context, name, asks=asks)
    chosen = find_template(context.workspace.root, _template(context, template, asks=asks))
    request = _request(chosen_name, team, schedule, _answers(chosen, data), asks=asks)
    _make(context, chosen, request, dry_run=dry_run)


def _show_templates(context: Context) -> None:
    from airside.workspace.workflow_templates import find_templates

    found = find_templates(context.workspace.root).values()
    context.output.document(
        [
            {"name": one.name, "summary": one.summary, "own": one.is_own, "questions": list(one.questions)}
            for one in found
        ]
    )
    context.output.table(
        ("template", "what it makes", "from"),
        [(one.name, one.summary, "this workspace" if one.is_own else "airside") for one in found],
    )


def _name(context: Context, name: str | None, *, asks: bool) -> str:
    from airside.workspace.workflow_names import require_workflow_name

    policy = context.workspace.settings.policy

    def valid(text: str) -> str:
        require_workflow_name(text, policy)
        return text

    if name is not None:
        return valid(name)
    if not asks:
        raise UsageError("The workflow has no name", hint="airside new NAME; `airside new --list` shows the templates.")
    return _ask("The id of the workflow", None, valid)


def _template(context: Context, template: str | None, *, asks: bool) -> str:
    from airside.workspace.workflow_templates import DEFAULT, find_template

    if template is not None or not asks:
        return DEFAULT if template is None else template
    _show_templates(context)
    return _ask("Template", DEFAULT, lambda text: find_template(context.workspace.root, text).name)


def _request(
    name: str, team: str | None, schedule: str | None, answers: dict[str, str], *, asks: bool
) -> "WorkflowRequest":
    from airside.workspace.new_workflow import WorkflowRequest
    from airside.workspace.schedules import read_schedule
    from airside.workspace.workflow_names import read_team

    if team is None and asks:
        team = _ask("Team (nothing: as the defaults of the workspace say)", "", read_team)
    if schedule is None and asks:
        schedule = _ask("Schedule (a preset, a cron expression, or none)", "@daily", _checked(read_schedule))
    when = "@daily" if schedule is None else read_schedule(schedule)
    return WorkflowRequest(name, team=read_team(team or "") or None, schedule=when, answers=answers, asks=asks)


def _checked(check: Callable[[str], object]) -> Callable[[str], str]:
    def value(text: str) -> str:
        check(text)
        return text

    return value


def _ask(question: str, default: str | None, check: Callable[[str], str]) -> str:
    """Ask until `check` takes the answer."""

    def value(text: str) -> str:
        try:
            return check(text)
        except AirsideError as error:
            raise click.BadParameter(f"{error.message}. {error.hint or ''}".strip()) from error

    return str(click.prompt(question, default=default, value_proc=value, show_default=bool(default), err=True))


def _answers(template: "WorkflowTemplate", data: Sequence[str]) -> dict[str, str]:
    from airside.base.suggestions import suggestion

    answers: dict[str, str] = {}
    for entry in data:
        key, is_one, value = entry.partition("=")
        if not is_one:
            raise UsageError(f"--data {entry!r} is no KEY=VALUE", hint="Such as --data connection=warehouse.")
        if key not in template.questions:
            known = ", ".join(template.questions)
            has = f"known: {known}{suggestion(key, template.questions)}" if known else "it asks nothing"
            raise UsageError(
                f"The template {template.name} has no question {key!r} ({has})",
                hint=f"{template.folder / 'copier.yml'} has them.",
            )
        answers[key] = value
    return answers


def _make(context: Context, template: "WorkflowTemplate", request: "WorkflowRequest", *, dry_run: bool) -> None:
    from airside.workspace.new_workflow import plan_workflow, write_workflow

    planned = plan_workflow(context.workspace, template, request)
    if not dry_run:
        write_workflow(context.workspace, planned)
    context.output.document(
        {
            "workflow": request.name,
            "template": template.name,
            "team": request.team,
            "schedule": request.schedule,
            "files": [file.path for file in planned.files],
            "requirements": list(planned.packages),
            "include": list(planned.included),
            "written": not dry_run,
        }
    )
    _tell(context, planned)
    if dry_run:
        context.output.done(f"This is what {request.name} would be; nothing was written")
    else:
        context.output.done(f"The workflow {request.name} is there", then="airside check && airside test")


def _tell(context: Context, planned: "NewWorkflow") -> None:
    for file in planned.files:
        context.output.say(f"  {file.path}")
    if planned.packages:
        context.output.say(f"  requirements.txt: + {', '.join(planned.packages)}")
    if planned.included:
        context.output.say(f"  airside.toml: workspace.include + {', '.join(planned.included)}")
