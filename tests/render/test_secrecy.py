"""What is a secret in `airside.toml` is refused before anything is rendered; what only looks like one is not."""

import pytest
from rendered_subject import subject

from airside.render.secrecy import secrets_in_settings

CANARY = "hunter2-canary"


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        (f'[airflow.config.core]\nfernet_key = "{CANARY}"', "airflow.config.core.fernet_key"),
        (f'[airflow.config.API]\nSECRET_KEY = "{CANARY}"', "airflow.config.API.SECRET_KEY"),
        (f'[airflow.config.smtp]\nsmtp_password = "{CANARY}"', "airflow.config.smtp.smtp_password"),
        (f'[airflow.config.celery]\nflower_basic_auth = "u:{CANARY}"', "airflow.config.celery.flower_basic_auth"),
        (f'[airflow.config.sentry]\nsentry_dsn = "{CANARY}"', "airflow.config.sentry.sentry_dsn"),
        (
            f'[airflow.config.database]\nsql_alchemy_conn = "postgresql+psycopg2://u:{CANARY}@h/db"',
            "airflow.config.database.sql_alchemy_conn",
        ),
        (
            f'[airflow.config.database]\nsql_alchemy_conn_async = "postgresql+asyncpg://u:{CANARY}@h/db"',
            "airflow.config.database.sql_alchemy_conn_async",
        ),
        (f'[airflow.config.celery]\nbroker_url = "redis://:{CANARY}@h/0"', "airflow.config.celery.broker_url"),
        (
            f'[airflow.config.celery]\nresult_backend = "db+postgresql://u:{CANARY}@h/d"',
            "airflow.config.celery.result_backend",
        ),
        (f'[airflow.config.mine]\nplace = "https://u:{CANARY}@h/"', "airflow.config.mine.place"),
        (f'[airflow.env]\nAIRFLOW__CORE__FERNET_KEY = "{CANARY}"', "airflow.env.AIRFLOW__CORE__FERNET_KEY"),
        (f'[airflow.config.mine]\nclient_secret = "{CANARY}"', "airflow.config.mine.client_secret"),
        (f'[airflow.env]\nAIRFLOW__MINE__CLIENT_SECRET = "{CANARY}"', "airflow.env.AIRFLOW__MINE__CLIENT_SECRET"),
        (f'[airflow.env]\nAWS_SECRET_ACCESS_KEY = "{CANARY}"', "airflow.env.AWS_SECRET_ACCESS_KEY"),
        (f'[airflow.env]\nMY_API_KEY = "{CANARY}"', "airflow.env.MY_API_KEY"),
        (f'[airflow.env]\nGITHUB_TOKEN = "{CANARY}"', "airflow.env.GITHUB_TOKEN"),
        (f'[airflow.env]\nPROXY = "http://u:{CANARY}@proxy:3128"', "airflow.env.PROXY"),
        (f'[airflow.env]\nAIRFLOW_CONN_DWH = "postgres://u:{CANARY}@h/db"', "airflow.env.AIRFLOW_CONN_DWH"),
        (
            f"""[airflow.env]\nAIRFLOW_CONN_DWH = '{{"conn_type": "http", "password": "{CANARY}"}}'""",
            "airflow.env.AIRFLOW_CONN_DWH",
        ),
        (f'[airflow.env]\nBAD = "http://[{CANARY}"', "airflow.env.BAD"),
    ],
)
def test_a_secret_is_refused_and_not_shown(settings: str, key: str) -> None:
    [fault] = secrets_in_settings(subject(settings).settings)
    assert fault.startswith(f"{key}: ")
    assert CANARY not in fault


@pytest.mark.parametrize("option", ["secret_access_key", "aws_session_token", "account_key", "service_account_key"])
def test_a_key_of_the_store_is_refused(option: str) -> None:
    whole = subject()
    store = whole.settings.store.model_copy(update={"options": {option: CANARY, "region": "eu-west-1"}})
    [fault] = secrets_in_settings(whole.settings.model_copy(update={"store": store}))
    assert fault.startswith(f"store.options.{option}: ")
    assert CANARY not in fault


@pytest.mark.parametrize(
    "settings",
    [
        '[airflow.config.database]\nsql_alchemy_conn = "postgresql+psycopg2://airflow@db/airflow"',
        '[airflow.config.core]\nfernet_key_cmd = "cat /run/secrets/fernet"',
        '[airflow.config.core]\nfernet_key_secret = "airflow-fernet"',
        '[airflow.config.core]\nsimple_auth_manager_passwords_file = "/run/secrets/passwords.json"',
        '[airflow.config.smtp]\nsmtp_password_secret = "smtp"',
        '[airflow.env]\nAIRFLOW__API_AUTH__JWT_SECRET_SECRET = "jwt"',
        '[airflow.config.smtp]\nsmtp_password_cmd = "cat /run/secrets/smtp"',
        '[airflow.config.secrets]\nbackend_kwargs = "{\\"connections_prefix\\": \\"a\\"}"',
        '[airflow.config.logging]\nremote_base_log_folder = "s3://logs/{environment}"',
        '[airflow.env]\nAIRFLOW__SMTP__SMTP_PASSWORD_SECRET = "smtp-password"',
        '[airflow.env]\nAWS_WEB_IDENTITY_TOKEN_FILE = "/var/run/token"',
        '[airflow.env]\nAIRFLOW_CONN_PUBLIC = "http://example.com"',
        '[airflow.env]\nSORT_KEY = "id"\nPARTITION_KEY = "day"\nEMPTY_PASSWORD = ""\nNO_PROXY = "a,b"',
        '[airflow.env]\nPROXY = "http://proxy.example.com:3128"',
    ],
)
def test_what_only_names_a_secret_is_none(settings: str) -> None:
    assert secrets_in_settings(subject(settings).settings) == []
