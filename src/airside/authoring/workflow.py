"""`workflow`: an ordinary DAG of Airflow, with what a team expects of every workflow filled in."""

import functools
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, overload

from airflow.sdk import DAG, dag

from airside.authoring.arguments import dag_arguments
from airside.authoring.keys import Origin, read_texts
from airside.base.errors import AirsideError, MissingConfigError, UsageError


@dataclass(slots=True)
class Workflow:
    """Decorates the function that has the tasks of a workflow, or is entered around them.

    Attributes:
        dag_id: None where the function's name is meant.
        config: The name of its config; None is the `dag_id`.
        checks: Operators that run before the work.
        summary: Whether a summary is the last task.
        given: All else that the DAG file says.
        file: The DAG file.
    """

    dag_id: str | None
    config: str | None
    checks: Sequence[object]
    summary: bool
    given: dict[str, Any]
    file: str
    _entered: Any = field(default=None, init=False)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., DAG]:
        """Return what makes the DAG when it is called, as Airflow's `@dag` does."""
        dag_id = self.dag_id or function.__name__

        @functools.wraps(function)
        def factory(*args: Any, **kwargs: Any) -> DAG:
            made = dag(dag_id, **self._arguments(dag_id))(function)(*args, **kwargs)  # noqa: AIR002 - in the arguments
            made.fileloc = sys._getframe(1).f_code.co_filename  # noqa: SLF001 - as Airflow's `dag` itself
            with made:
                self._finish(made)
            return made

        return factory

    def __enter__(self) -> DAG:
        if self.dag_id is None:
            raise UsageError(f'{self.file}: a workflow has no id; write: with workflow("daily_orders") as dag:')
        self._entered = DAG(self.dag_id, **self._arguments(self.dag_id))  # noqa: AIR002 - in the arguments
        self._entered.fileloc = self.file
        return self._entered.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        made, self._entered = self._entered, None
        try:
            if error is None:
                self._finish(made)
        finally:
            made.__exit__(kind, error, trace)

    def _arguments(self, dag_id: str) -> dict[str, Any]:
        try:
            return self._filled(dag_id)
        except AirsideError as error:
            if error.hint:
                error.add_note(f"({error.hint})")  # no command shows it: Airflow shows the traceback of a DAG file
            raise

    def _filled(self, dag_id: str) -> dict[str, Any]:
        # YAML and what follows, 10 ms: the import of this module is paid by each DAG file that only may use it.
        from airside.authoring.layers import config_of, defaults_in, place_of  # noqa: PLC0415 - as said

        given = read_texts(self.given, Origin(lambda _: self.file, f"workflow {dag_id!r}"))
        serving = place_of(self.file)
        if serving is None:
            if self.config is not None:
                raise MissingConfigError(
                    f"The workflow {dag_id!r} has no config {self.config!r}: there is no workspace around {self.file}"
                )
            return dag_arguments(given)
        return dag_arguments(given, defaults_in(serving.root), config_of(serving, dag_id, self.config))

    def _finish(self, made: DAG) -> None:
        from airside.authoring.shape import run_first  # noqa: PLC0415 - as above

        if self.checks:
            run_first(made, self.checks)
        if self.summary and made.tasks:
            from airside.authoring.summary.task import summary_task  # noqa: PLC0415 - as above

            summary_task(made)


@overload
def workflow(dag_id: Callable[..., Any]) -> Callable[..., DAG]: ...
@overload
def workflow(
    dag_id: str | None = None,
    *,
    config: str | None = None,
    checks: Sequence[object] = (),
    summary: bool = True,
    **arguments: Any,
) -> Workflow: ...
def workflow(
    dag_id: str | Callable[..., Any] | None = None,
    *,
    config: str | None = None,
    checks: Sequence[object] = (),
    summary: bool = True,
    **arguments: Any,
) -> Workflow | Callable[..., DAG]:
    """Make a DAG of Airflow with the defaults of its workspace and its config, in the shape check, work, summary.

    ```python
    from airflow.sdk import task
    from airside import checks, workflow

    @workflow(schedule="@daily", checks=[checks.connection("warehouse")])
    def daily_orders():
        ...

    dag = daily_orders()  # Airflow imports only files that hold the words "airflow" and "dag"

    with workflow("daily_orders", schedule="@daily") as dag:
        ...
    ```

    What is said here wins over the key `workflow` of the config, that over ``[defaults]`` of `airside.toml`, and that
    over what is built in; `tags` add up.

    Args:
        dag_id: The id; of a function its name.
        config: The name of its config, which then has to exist. Without it that with the id, where there is one.
        checks: Operators, those of `airside.checks` or any others. They run first, beside each other; when one fails,
            nothing of the work begins, and the run has failed.
        summary: Let the last task be a summary of the run. It never changes the state of the run.
        **arguments: Whatever Airflow's `DAG` takes, and of the tasks `owner`, `team`, `retries`, `retry_delay`,
            `max_retry_delay`, `execution_timeout`. A duration may be written ``"1h30m"``.

    Returns:
        What decorates a function, or is entered; then it is the DAG.

    Raises:
        ConfigError: The config or ``[defaults]`` say what a workflow cannot be told.
    """
    file = sys._getframe(1).f_code.co_filename  # noqa: SLF001 - as Airflow finds the file of a DAG
    if callable(dag_id):
        return Workflow(None, config=config, checks=checks, summary=summary, given=arguments, file=file)(dag_id)
    _require(dag_id, checks, file)
    return Workflow(dag_id, config=config, checks=checks, summary=summary, given=arguments, file=file)


def _require(dag_id: object, checks: object, file: str) -> None:
    """Say what Airflow would say later, and not so clearly."""
    if dag_id is not None and not isinstance(dag_id, str):
        raise UsageError(f"{file}: the id of a workflow has to be a text, and {dag_id!r} is none")
    if not isinstance(checks, list | tuple):
        raise UsageError(
            f'{file}: `checks` of a workflow has to be a list, such as [checks.connection("warehouse")], '
            f"and not one {type(checks).__name__}"
        )
