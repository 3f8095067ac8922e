from airflow.sdk import Variable


def batch_limit() -> int:
    return int(Variable.get("batch_sise"))  # expect: missing-variable
