"""`[logs]` is refused in words where Airflow would only find no bucket, at the end of the first task."""

from pathlib import Path

import pytest

from airside.base.errors import WorkspaceError
from airside.workspace.workspace import open_workspace

URL = 'url = "s3://bucket/logs"'


def opened(root: Path, lines: str) -> None:
    (root / "airside.toml").write_text(f'[workspace]\nname = "x"\n[environments.production]\n{lines}\n')
    open_workspace(root)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('url = "s3://bucket/{env}"', "logs.url: {env} is no placeholder (known: {environment})"),
        (
            'url = "s3://bucket/{enviroment}"',
            "{enviroment} is no placeholder (known: {environment}; did you mean 'environment'?)",
        ),
        ('url = "s3://bucket/{}"', "logs.url: {} is no placeholder"),
        ('url = "s3://bucket/{environment"', "has a prefix of other characters"),
        ('url = "s3:///logs"', "logs.url: 's3:///logs' names no bucket"),
        ('url = "s3://B/logs"', "logs.url: 'B' cannot name a bucket: 3 to 63 lower-case letters"),
        ('url = "s3://me:secret@bucket/logs"', "a user, a password or a port does not belong into the URL"),
        ('url = "s3://bucket/logs?x=1"', "has a prefix of other characters"),
        ('url = "s3://bucket//logs"', "has a prefix of other characters"),
        ('url = "s3://bucket/../logs"', "has a prefix of other characters"),
        ('url = "/var/log"', "expected a bucket and a prefix, such as 's3://bucket/logs/{environment}'"),
        ('url = "cloudwatch://group"', "expected a bucket and a prefix"),
        (f'{URL}\nendpoint = "s3.example.com"', "logs.endpoint: expected an address such as 'https://s3.example.com'"),
        (f'{URL}\nendpoint = "https://me:pw@s3.example.com"', "logs.endpoint: expected an address"),
        (f'{URL}\nregion = "eu west"', "logs.region: expected a region such as 'eu-west-3'"),
        (f'{URL}\nconnection = "a b"', "logs.connection: expected the id of a connection"),
        ('region = "eu-west-3"', "logs: expected the url of a bucket"),
        ('url = "gs://bucket/logs"\nendpoint = "https://x.example.com"', "logs: endpoint: gs:// has none"),
        ('url = "gs://bucket/logs"\nregion = "eu-west-3"', "logs: region: gs:// has none"),
        ('url = "az://container/logs"', "logs: expected the endpoint of the account"),
        (f"{URL}\nbucket = 1", "logs.bucket: unknown key"),
    ],
)
def test_what_cannot_be_is_refused_in_words(root: Path, line: str, said: str) -> None:
    with pytest.raises(WorkspaceError) as refused:
        opened(root, f"[logs]\n{line}")
    assert said in refused.value.message
    assert "secret" not in refused.value.message


def test_what_one_environment_says_of_logs_is_looked_at_too(root: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"environments\.production\.logs\.url: \{env\} is no placeholder"):
        opened(root, '[environments.production.logs]\nurl = "s3://bucket/{env}"')
