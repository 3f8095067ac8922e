from airflow.sdk import Asset, Context, asset


@asset(schedule="@daily", uri="s3://lake/raw", tags=["assets"])
def raw_rows(self: Asset, context: Context):
    print(self.uri, context["ds"])
    return [1, 2]


@asset(schedule=raw_rows)
def clean_rows(context, raw_rows: Asset):
    found = context["ti"].xcom_pull(dag_id=raw_rows.name, task_ids=raw_rows.name, include_prior_dates=True)
    return [row * 2 for row in found]


@asset.multi(schedule=clean_rows, outlets=[Asset("left_rows"), Asset("right_rows")])
def split_rows(context, outlet_events):
    outlet_events[Asset("left_rows")].extra = {"rows": 1}


@asset(schedule=Asset("left_rows") & Asset("right_rows"))
def joined_rows():
    return None
