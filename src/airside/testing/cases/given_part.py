"""What a workflow finds, as the key `given` of a file says it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, model_validator

from airside.testing.cases.connections import connection_of
from airside.testing.expecting.part import Moment, Part, Seconds, Text, Texts
from airside.testing.given import Answer


class AnswerPart(Part):
    """What a human says to a task that asks.

    Attributes:
        chosen: One of the options that the task offers, or several.
        params: Values of the task's params.
        by: Who answers.
    """

    chosen: Texts
    params: Mapping[Text, Any] = {}
    by: Text = "test"


def _answer(value: Any) -> Any:
    return {"chosen": value} if isinstance(value, (str, list)) else value


def _variable(value: Any) -> Any:
    if value is None:
        raise ValueError("null is no value of a variable; leave the key out where there is none")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _interval(value: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(value) != 2 or value[0] > value[1]:  # noqa: PLR2004 - a start and an end
        raise ValueError("expected a list of a start and an end")
    return value


AnswerGiven = Annotated[AnswerPart, BeforeValidator(_answer, json_schema_input_type=str | list[str] | AnswerPart)]
Variable = Annotated[str, BeforeValidator(_variable, json_schema_input_type=Any)]
Interval = Annotated[tuple[Moment, ...], AfterValidator(_interval)]


class GivenPart(Part):
    """What a workflow finds.

    Attributes:
        logical_date: What the run is for, a date or a time in ISO 8601; `null`: a run without one.
        data_interval: Its start and its end.
        run_id: Its id.
        params: Values of the workflow's params, as somebody who triggers it gives them.
        conf: `dag_run.conf`.
        connections: By id a stand-in (`type`), the fields of a connection (`conn_type`), or its URI.
        variables: By key a text; anything else becomes its JSON.
        config: By the dotted name of a config and a key in it a value, over what the files say.
        environment: Environment variables.
        serving: The environment whose layer of configs is read; without it `dev`.
        stub: By task id its output; it does not run. For a mapped task the list of its outputs.
        fail: By task id how it fails, without running: `ValueError: text`. `load[2]` is one of a mapped task.
        events: By task id what its trigger sends when it defers; a list for one that defers several times.
        answers: By task id what a human says.
        xcoms: By task id what it returned: of tasks that are not in `only`.
        only: Tasks to run, without the rest of the workflow.
        asset_events: By an asset's name or URI the extras of the events that the run is for.
        counts: By another workflow, or `workflow.task`, the state of its runs and tasks: what sensors look at.
        clock: A time at which the clock of the tasks stands still.
        timeout: How long the run may take: seconds, or a duration such as `2m`.
        network: Hosts that may be reached beside this machine; `*` is any.
        writable: Folders that may be written to beside the run's own.
        tier: `fast`: without a database; `real`: with Airflow's scheduler.
    """

    logical_date: Moment | None = None
    data_interval: Interval | None = None
    run_id: Text | None = None
    params: Mapping[Text, Any] = {}
    conf: Mapping[Text, Any] = {}
    connections: Mapping[Text, Any] = {}  # `connection_faults` has looked at them
    variables: Mapping[Text, Variable] = {}
    config: Mapping[Text, Any] = {}
    environment: Mapping[Text, Text] = {}
    serving: Text = "dev"
    stub: Mapping[Text, Any] = {}
    fail: Mapping[Text, Text] = {}
    events: Mapping[Text, Any] = {}
    answers: Mapping[Text, AnswerGiven] = {}
    xcoms: Mapping[Text, Any] = {}
    only: Texts = ()
    asset_events: Mapping[Text, tuple[Mapping[Text, Any], ...]] = {}
    counts: Mapping[Text, Text] = {}
    clock: Moment | None = None
    timeout: Seconds | None = None
    network: Texts = ()
    writable: Texts = ()
    tier: Literal["fast", "real"] = "fast"

    @model_validator(mode="after")
    def _says_each_thing_once(self) -> "GivenPart":
        if twice := self.params.keys() & self.conf.keys():
            raise ValueError(f"params and conf both have {', '.join(sorted(twice))}")
        if twice := self.stub.keys() & self.fail.keys():
            raise ValueError(f"stub and fail both have {', '.join(sorted(twice))}")
        return self

    def giving(self, folder: Path) -> dict[str, Any]:
        """Return the arguments of `dag_run`: what the file says, and no defaults.

        Args:
            folder: What the paths of stand-ins are relative to.

        Raises:
            UsageError: An option of a stand-in is not what it should be.
        """
        said = {name: getattr(self, name) for name in self.model_fields_set - {"params"}}
        if self.params:
            said["conf"] = {**self.conf, **self.params}
        said["connections"] = {name: connection_of(given, folder) for name, given in self.connections.items()}
        said["answers"] = {
            task: Answer(answer.chosen, dict(answer.params), answer.by) for task, answer in self.answers.items()
        }
        return said
