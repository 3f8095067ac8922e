"""`AirflowFailException` fails at once; a retry policy decides by the exception."""

from airflow.sdk import dag, task
from airflow.sdk.definitions.retry_policy import ExceptionRetryPolicy, RetryAction, RetryRule
from airflow.sdk.exceptions import AirflowFailException

POLICY = ExceptionRetryPolicy(rules=[RetryRule(exception="builtins.KeyError", action=RetryAction.FAIL, reason="a key")])


@dag(default_args={"retries": 2})
def retries_that_do_not_happen():
    @task
    def at_once():
        raise AirflowFailException("no use")

    @task(retry_policy=POLICY)
    def by_policy():
        raise KeyError("k")

    @task(retry_policy=POLICY)
    def against_policy(ti):
        if ti.try_number == 1:
            raise ValueError
        return "well"

    at_once(), by_policy(), against_policy()


retries_that_do_not_happen()
