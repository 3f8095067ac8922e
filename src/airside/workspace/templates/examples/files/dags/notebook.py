"""Run a Jupyter notebook with values of your choice, and keep it with all that it showed."""

from pathlib import Path

from airflow.sdk import Param, dag, get_current_context, task
from airflow.sdk.configuration import conf

NOTEBOOK = Path(__file__).with_name("notebook.ipynb")


@task
def run_notebook() -> str:
    """Run the notebook. The first cell that fails fails the task."""
    context = get_current_context()
    folder = Path(conf.get("logging", "base_log_folder"), "notebooks")
    return execute(context["params"]["amounts"], folder / f"{context['run_id']}.ipynb")


def execute(amounts: list[int], output: Path) -> str:
    """Run the notebook with these `amounts`; return the path of the executed one."""
    import papermill  # takes a second, which every parse of this file would pay

    output.parent.mkdir(parents=True, exist_ok=True)
    papermill.execute_notebook(NOTEBOOK, output, {"amounts": amounts}, log_output=True, progress_bar=False)
    return str(output)


@dag(
    schedule=None,
    params={"amounts": Param([3, 4, 5], type="array", description="What the notebook adds up")},
    tags=["example"],
    doc_md=__doc__,
)
def notebook():
    run_notebook()


workflow = notebook()
