from pathlib import Path

import pytest
from sealed import Identity, make_identity, seal_folder

DEV = r"""
connections:
  EBI-ETL-DEV-01:
    conn_type: postgresql
    host: db.example.com
    login: etl
    password: "hunter2-é/x"
    port: 5433
    schema: sales
    description: The warehouse of EBI
    extra: {sslmode: require, deep: {token: hunter3-token}}
  by_uri: "http://me:hunter4@h:1/d?x=hunter5"
  in_vault: {from: vault}
"""
PREPROD = "connections: {EBI-ETL-DEV-01: 'http://preprod.example.com'}\n"


@pytest.fixture
def identity(monkeypatch: pytest.MonkeyPatch) -> Identity:
    made = make_identity()
    monkeypatch.setenv("SOPS_AGE_KEY", made.secret)
    return made


@pytest.fixture
def workspace(tmp_path: Path, identity: Identity, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace, and a process that runs in a folder of it."""
    for name in ("AIRSIDE_ENVIRONMENT", "_AIRFLOW_PROCESS_CONTEXT", "AIRFLOW_CONN_EBI-ETL-DEV-01"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "airside.toml").write_text('[workspace]\nname = "sales-flows"\n')
    seal_folder(tmp_path / "secrets", {"dev": DEV, "preprod": PREPROD}, identity)
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    return tmp_path
