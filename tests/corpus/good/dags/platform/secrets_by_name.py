"""Names that sound like secrets, and are none."""

from datetime import datetime

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, Connection, Variable, task

PRIMARY_KEY = "order_id"
API_KEY_HEADER = "X-Api-Key"
TOKEN_URL = "https://login.internal/oauth2/token"
SECRET_NAME = "prod/warehouse/loader"
SECRET_KEY_PATH = "/run/secrets/signing_key"
PASSWORD_VARIABLE = "WAREHOUSE_PASSWORD"
PASSWORD_LENGTH = 12
CHECKSUM = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PAGE_TOKEN = "nextPageToken"
SORT_KEY, PARTITION_KEY = "created_at", "region#day"
LOCAL_DSN = "postgresql://airflow:airflow@localhost:5432/airflow"
DSN = "postgresql://{user}:{password}@{host}:5432/{database}"
TOKENS = {"token_type": "Bearer", "access_token_url": TOKEN_URL, "password": "***", "api_key": "<your key>"}

with DAG("secrets_by_name", schedule="@daily", start_date=datetime(2025, 1, 1), catchup=False):
    BashOperator(
        task_id="dump",
        bash_command="pg_dump --no-password $DSN",
        env={
            "PGPASSWORD": "{{ conn.warehouse.password }}",
            "API_TOKEN": "{{ var.value.get('api_token', '') }}",
            "AWS_SECRET_ACCESS_KEY": "{{ conn.warehouse.extra_dejson['secret'] }}",
            "DSN": "{{ conn.warehouse.get_uri() }}",
        },
    )

    @task
    def connect(token: str = "", password: str | None = None):
        connection = Connection.get("warehouse")
        dsn = DSN.format(user=connection.login, password=connection.password, host=connection.host, database="x")
        found = f"postgresql://{connection.login}:{connection.password}@{connection.host}/x"
        return len(dsn + found), bool(token or Variable.get("token", default=None)), password is None

    connect()
