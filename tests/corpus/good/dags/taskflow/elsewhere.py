"""Tasks that run in another Python, with packages that are not here."""

from airflow.providers.standard.operators.python import ExternalPythonOperator, PythonVirtualenvOperator
from airflow.sdk import dag, task
from lib.settings import START


def score(rows):
    import xgboost

    return xgboost.train(rows)


@dag(schedule="@monthly", start_date=START, catchup=False)
def taskflow_elsewhere():
    @task.virtualenv(requirements=["polars==1.9", "scikit-learn"], system_site_packages=False, python_version="3.11")
    def train(rows: int):
        import polars as pl
        from sklearn.linear_model import LinearRegression

        return {"rows": len(pl.DataFrame({"a": range(rows)})), "model": str(LinearRegression())}

    @task.external_python(python="/opt/venvs/ml/bin/python", expect_airflow=False)
    def predict(model):
        import torch

        return torch.tensor([1.0]).tolist()

    @task.branch_virtualenv(requirements=["polars"])
    def better():
        import polars

        return "publish" if polars.__version__ else "discard"

    @task
    def publish():
        return 1

    @task
    def discard():
        return 0

    classic = PythonVirtualenvOperator(
        task_id="classic", python_callable=score, op_kwargs={"rows": [1]}, requirements="requirements.txt ", serializer="cloudpickle"
    )
    outside = ExternalPythonOperator(
        task_id="outside", python_callable=score, op_args=[[1, 2]], python="/opt/venvs/ml/bin/python"
    )
    predict(train(3)) >> classic >> outside >> better() >> [publish(), discard()]


taskflow_elsewhere()
