from airflow.sdk import Variable

_KEY = "batch_size"


def late_limit():
    return int(Variable.get(_KEY))
