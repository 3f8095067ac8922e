"""A workflow that fails when you ask it to. Who is told, and where, is written in `airside.toml` and not here."""

from airflow.sdk import Param, dag, task


@task
def fragile(fail: str) -> str:
    """Do as `fail` says."""
    if fail == "True":
        raise ValueError("the disk of the partner is full")
    return "all is well"


@dag(
    schedule=None,
    params={"fail": Param(True, type="boolean", description="Fail, so that there is something to tell?")},
    tags=["example"],
    doc_md=__doc__,
)
def alert_on_failure():
    fragile(fail="{{ params.fail }}")


workflow = alert_on_failure()
