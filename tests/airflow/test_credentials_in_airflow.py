"""Credentials inside a process of Airflow come from Airflow's own look-up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from airflow.sdk.configuration import clear_secrets_backends_cache
from airflow.sdk.serde import serialize
from sealed import make_identity, seal_folder

from airside import credentials
from airside.base.errors import PlatformError, UsageError

DEV = """
connections:
  EBI-ETL-DEV-01: {conn_type: postgres, host: h, login: etl, password: "canary-93", description: d, extra: {a: {b: c}}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    identity = make_identity()
    folder = seal_folder(tmp_path / "secrets", {"dev": DEV}, identity)
    monkeypatch.setenv("SOPS_AGE_KEY", identity.secret)
    monkeypatch.setenv("AIRFLOW__SECRETS__BACKEND", "airside.airflow.SecretsBackend")
    monkeypatch.setenv("AIRFLOW__SECRETS__BACKEND_KWARGS", f'{{"folder": "{folder}"}}')
    monkeypatch.setenv("_AIRFLOW_PROCESS_CONTEXT", "client")
    clear_secrets_backends_cache()
    yield folder
    clear_secrets_backends_cache()


@pytest.mark.usefixtures("folder")
def test_it_is_what_airflow_finds() -> None:
    cred = credentials.get("EBI-ETL-DEV-01")
    assert (cred.user, cred.password, cred.description, cred.extra["a"]["b"]) == ("etl", "canary-93", "d", "c")


@pytest.mark.usefixtures("folder")
def test_a_connection_of_an_environment_variable_is_found_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_X", "http://x.example.com")
    assert credentials.get("X").host == "x.example.com"


@pytest.mark.usefixtures("folder")
def test_an_unknown_id_names_similar_ones() -> None:
    with pytest.raises(UsageError) as caught:
        credentials.get("EBI-ETL-DEV-1")
    assert caught.value.hint == "Was EBI-ETL-DEV-01 meant?"


def test_a_broken_document_is_an_error_with_the_reason(folder: Path) -> None:
    document = folder / "dev.yaml"
    document.write_text(document.read_text().replace("host:", "hast:"))
    with pytest.raises(PlatformError, match=r"cannot look up the connection 'EBI-ETL-DEV-01': secrets/dev.yaml"):
        credentials.get("EBI-ETL-DEV-01")


@pytest.mark.usefixtures("folder")
def test_it_cannot_become_an_xcom() -> None:
    with pytest.raises((TypeError, AttributeError)) as caught:
        serialize({"cred": credentials.get("EBI-ETL-DEV-01")})
    assert "canary-93" not in str(caught.value)
