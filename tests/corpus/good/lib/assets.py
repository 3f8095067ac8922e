from airflow.sdk import Asset

ORDERS = Asset("s3://lake/orders", group="sales", extra={"team": "sales"})
