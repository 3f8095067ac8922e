"""What has to come of a run, as the key `expect` of a file says it: values, and their shorter forms."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, model_validator

from airside.testing.expecting.contents import StoredExpected, TableExpected
from airside.testing.expecting.part import Count, Part, Seconds, Text, Texts
from airside.testing.expecting.row_source import Rows
from airside.testing.expecting.sent_expected import Entry, Mails, Messages, Requests

TaskState = Literal["success", "failed", "upstream_failed", "skipped", "removed", "none"]


class TaskExpected(Part):
    """What one task did. Of a mapped task it has to hold for each instance.

    Attributes:
        state: Where it ended; `none`: the run ended before it did.
        output: What it returned, exactly; of a mapped task the list of all outputs.
        output_has: What is in its output: of mappings some keys, and texts in which `*` stands for any text.
        xcoms: What it pushed, by key, exactly.
        rendered: Its template fields, rendered: of mappings some keys, and texts in which `*` stands for any text.
        logs: Texts that are lines of its log; `*` stands for any text.
        error: Why it failed: `ValueError: text`; `*` stands for any text.
        tries: How often it was started.
        instances: How many of it there were: of a mapped task.
        callbacks: The names of the callbacks that ran for it, alerts among them, in any order.
        within: How long it may have taken, all tries together.
    """

    state: TaskState | None = None
    output: Any = None
    output_has: Any = None
    xcoms: Mapping[Text, Any] = {}
    rendered: Mapping[Text, Any] = {}
    logs: Texts = ()
    error: Text | None = None
    tries: Count | None = None
    instances: Count | None = None
    callbacks: Texts | None = None
    within: Seconds | None = None

    @property
    def verifies(self) -> bool:
        """Whether it is about something that the task did, more than that it succeeded."""
        said = self.model_fields_set - {"state", "within", "instances"}
        return bool(said) or self.state not in (None, "success", "none")


def _task(value: Any) -> Any:
    return {"state": value} if isinstance(value, str) else value


class QueryExpected(Part):
    """What a query returns after the run.

    Attributes:
        connection: The connection to ask.
        sql: The query.
        rows: All rows, in the order of the query.
        value: The only value of the only row.
        by: The task that made it so, which is verified with it.
    """

    connection: Text
    sql: Text
    rows: Rows | None = None
    value: Any = None
    by: Text | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "QueryExpected":
        if self.has("rows") == self.has("value"):
            raise ValueError("a query has either rows or a value")
        return self


class AssetExpected(Entry):
    """An asset that changed.

    Attributes:
        name: Its name.
        uri: Its URI.
        extra: What the event says: some of its keys, and texts in which `*` stands for any text.
        task: Which task said so; `load[2]` is one of a mapped task.
    """

    name: Text | None = None
    uri: Text | None = None
    extra: Mapping[Text, Any] | None = None
    task: Text | None = None


class TriggeredExpected(Entry):
    """A run of another workflow that was triggered.

    Attributes:
        dag_id: The workflow.
        conf: What it was triggered with: some of its keys, and texts in which `*` stands for any text.
        task: Which task did it.
    """

    dag_id: Text
    conf: Mapping[Text, Any] | None = None
    task: Text | None = None


Task = Annotated[TaskExpected, BeforeValidator(_task, json_schema_input_type=TaskState | TaskExpected)]


class Expected(Part):
    """What has to come of a run.

    Attributes:
        state: Where the run ended. Without it the run has to succeed, unless a task, or an error, is expected to fail.
        error: Why there is no run: the DAG file does not import, the time is over; `*` stands for any text.
        tasks: By task id what it did; `load[2]` is one instance of a mapped task.
        order: Tasks that start one after another; a list in it is in any order.
        tables: By `connection.table` what is in it.
        queries: What queries return.
        files: By `connection/path` what is in it; `*` in the path is any text but `/`, `**` any text.
        objects: By `connection/bucket/key` what is in it; `*` in the key is any text but `/`, `**` any text.
        requests: By connection the HTTP requests that came.
        mails: By connection the mails that were sent.
        messages: By connection the messages to a chat or a pager.
        assets: Which assets changed, in order.
        triggered: Which other workflows were triggered, in order.
        callbacks: The names of the callbacks of the DAG that ran, alerts among them, in any order.
        within: How long the run may have taken.
    """

    state: Literal["success", "failed"] | None = None
    error: Text | None = None
    tasks: Mapping[Text, Task] = {}
    order: tuple[Texts, ...] = ()
    tables: Mapping[Text, TableExpected] = {}
    queries: tuple[QueryExpected, ...] = ()
    files: Mapping[Text, StoredExpected] = {}
    objects: Mapping[Text, StoredExpected] = {}
    requests: Mapping[Text, Requests] = {}
    mails: Mapping[Text, Mails] = {}
    messages: Mapping[Text, Messages] = {}
    assets: tuple[AssetExpected, ...] | None = None
    triggered: tuple[TriggeredExpected, ...] | None = None
    callbacks: Texts | None = None
    within: Seconds | None = None

    @property
    def run_state(self) -> Literal["success", "failed"] | None:
        """Where the run has to end; None: anywhere."""
        if self.state is not None or self.error is not None:
            return self.state
        ends = {task.state or ("failed" if task.error else None) for task in self.tasks.values()}
        return None if ends & {"failed", "upstream_failed"} else "success"
