from airflow.sdk import Variable, task

from ..optional_names import NAMES


@task
def first():
    return list(NAMES)


@task
def second(values):
    from .late import late_limit

    return values[: late_limit()] + [Variable.get("batch_size")]
