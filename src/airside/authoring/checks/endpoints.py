"""An HTTP endpoint answers."""

from collections.abc import Collection
from typing import Any

from airside.authoring.checks.operator import make, provider


def http(
    conn_id: str,
    endpoint: str = "/",
    *,
    status: int | Collection[int] = 200,
    contains: str | None = None,
    timeout: float = 10.0,
    **arguments: Any,
) -> Any:  # noqa: ANN401 - the class is there with its provider only
    """Return a task that fails where an HTTP endpoint does not answer as it should.

    Args:
        conn_id: The id of a connection of type `http`; a template.
        endpoint: What follows its host; a template.
        status: The status of the answer, or the ones that are good.
        contains: A text that the answer has in it.
        timeout: Seconds.
        **arguments: Of `HttpOperator` and any operator, such as `method`, `headers`, `data`, `task_id` and `retries`.

    Raises:
        UsageError: The provider `http` is not installed.
    """
    with provider("apache-airflow-providers-http", "A check of HTTP"):
        # 100 ms, and not in every Airflow.
        from airside.authoring.checks.endpoint_operator import Answer, HttpCheck  # noqa: PLC0415 - as said
    good = frozenset({status} if isinstance(status, int) else status)
    return make(
        HttpCheck,
        f"http_{conn_id}_{endpoint}",
        arguments,
        http_conn_id=conn_id,
        endpoint=endpoint,
        answer=Answer(good, contains, timeout),
    )
