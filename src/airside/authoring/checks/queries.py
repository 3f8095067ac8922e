"""SQL returns what is expected."""

from typing import Any

from airside.authoring.checks.operator import make, provider
from airside.base.errors import UsageError


def sql(
    conn_id: str,
    query: str,
    *,
    equals: Any = None,  # noqa: ANN401 - whatever a database has
    at_least: Any = None,  # noqa: ANN401 - as above
    at_most: Any = None,  # noqa: ANN401 - as above
    **arguments: Any,
) -> Any:  # noqa: ANN401 - the class is there with its provider only
    """Return a task that fails where a query does not return what is expected.

    Without an expectation each value of the first row has to be true in the sense of Python, as for Airflow's
    `SQLCheckOperator`: not 0, not empty, not NULL. With one it is about the first value of the first row.

    Args:
        conn_id: The id of a connection to a database; a template.
        query: A query that returns one row; a template, or a file of one that ends in `.sql`.
        equals: What the value is.
        at_least: What the value is not below.
        at_most: What the value is not above.
        **arguments: Of `BaseSQLOperator` and any operator, such as `database`, `parameters`, `task_id` and `retries`.

    Raises:
        UsageError: The provider `common.sql` is not installed.
    """
    if equals is not None and (at_least is not None or at_most is not None):
        raise UsageError("A check of SQL has equals, or at_least and at_most")
    with provider("apache-airflow-providers-common-sql", "A check of SQL"):
        # 30 ms, and not in every Airflow.
        from airside.authoring.checks.query_operator import Expectation, SqlCheck  # noqa: PLC0415 - as said
    return make(
        SqlCheck,
        f"sql_{conn_id}",
        arguments,
        conn_id=conn_id,
        sql=query,
        expectation=Expectation(equals, at_least, at_most),
    )
