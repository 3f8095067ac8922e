"""Look-ups of Airflow that Airside answers, each as Airflow makes it: through the whole chain of backends."""

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from airflow.models.connection import Connection as ServerConnection
from airflow.sdk import Connection
from airflow.sdk._shared.secrets_masker import redact, reset_secrets_masker
from airflow.sdk.configuration import clear_secrets_backends_cache
from airflow.sdk.exceptions import AirflowNotFoundException, AirflowSecretsBackendAccessDenied
from airflow.sdk.execution_time.context import _get_connection, _get_variable
from sealed import Identity, make_identity, seal, seal_folder

from airside.airflow import SecretsBackend
from airside.running import serving

BASE = """\
connections:
  shared:
    conn_type: http
    host: base.example.com
variables:
  region: base
"""
DEV = r"""
connections:
  EBI-ETL-DEV-01:
    conn_type: postgresql
    host: db.example.com
    login: etl
    password: "p@ss:w0rd/ü\"x"
    port: 5433
    schema: sales
    description: The warehouse of EBI
    extra:
      sslmode: require
      nested: {token: deep-secret-token}
      key: |
        -----BEGIN KEY-----
        c2VjcmV0LWxpbmUtb25l
        -----END KEY-----
  by_uri: "postgresql://me:uri%20secret@h:1/d?sslkey=hidden-in-query"
  shared: "http://dev.example.com"
variables:
  region: emea
  limits: {low: 1, words: [in-a-list-secret]}
  none: ""
"""
PASSWORD = 'p@ss:w0rd/ü"x'


@pytest.fixture
def identity(monkeypatch: pytest.MonkeyPatch) -> Identity:
    made = make_identity()
    monkeypatch.setenv("SOPS_AGE_KEY", made.secret)
    return made


@pytest.fixture
def folder(tmp_path: Path, identity: Identity) -> Path:
    return seal_folder(tmp_path / "secrets", {"base": BASE, "dev": DEV}, identity)


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Make Airflow use the backend with these arguments, in what stands for a process of a worker."""

    def use(**kwargs: Any) -> None:
        monkeypatch.setenv("AIRFLOW__SECRETS__BACKEND", "airside.airflow.SecretsBackend")
        monkeypatch.setenv("AIRFLOW__SECRETS__BACKEND_KWARGS", json.dumps(kwargs))
        clear_secrets_backends_cache()

    reset_secrets_masker()
    yield use
    clear_secrets_backends_cache()


def test_a_connection_has_all_that_the_document_says(folder: Path, configure: Callable[..., None]) -> None:
    configure(folder=str(folder))
    found = _get_connection("EBI-ETL-DEV-01")
    assert isinstance(found, Connection)
    assert (found.conn_type, found.host, found.port, found.schema) == ("postgres", "db.example.com", 5433, "sales")
    assert (found.login, found.password) == ("etl", PASSWORD)
    assert found.description == "The warehouse of EBI"
    assert found.extra_dejson["nested"] == {"token": "deep-secret-token"}


def test_a_connection_may_be_a_uri(folder: Path, configure: Callable[..., None]) -> None:
    configure(folder=str(folder))
    found = _get_connection("by_uri")
    assert (found.conn_type, found.login, found.password) == ("postgres", "me", "uri secret")
    assert found.extra_dejson == {"sslkey": "hidden-in-query"}


def test_a_server_of_airflow_gets_its_own_class(folder: Path) -> None:
    backend = SecretsBackend(folder=str(folder))
    backend._set_connection_class(ServerConnection)
    found = backend.get_connection("EBI-ETL-DEV-01", team_name=None)
    assert isinstance(found, ServerConnection)
    assert (found.conn_type, found.password, found.description) == ("postgres", PASSWORD, "The warehouse of EBI")
    assert backend.get_connection("by_uri").password == "uri secret"


def test_variables_are_text_or_json_and_the_environment_lies_over_base(
    folder: Path, configure: Callable[..., None]
) -> None:
    configure(folder=str(folder))
    assert _get_variable("region", deserialize_json=False) == "emea"
    assert _get_variable("limits", deserialize_json=True) == {"low": 1, "words": ["in-a-list-secret"]}
    assert _get_variable("none", deserialize_json=False) == ""
    assert _get_connection("shared").host == "dev.example.com"


def test_an_unknown_name_is_looked_for_further_on(folder: Path, configure: Callable[..., None]) -> None:
    backend = SecretsBackend(folder=str(folder))
    assert backend.get_connection("nobody") is None
    assert backend.get_variable("nobody") is None
    assert backend.get_config("core/fernet_key") is None
    configure(folder=str(folder))
    with pytest.raises(AirflowNotFoundException):
        _get_connection("nobody")


def test_a_workspace_without_documents_has_no_names(tmp_path: Path, identity: Identity) -> None:
    assert SecretsBackend(folder=str(tmp_path / "secrets")).get_variable("region") is None


def test_an_environment_variable_wins(
    folder: Path, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(folder=str(folder))
    monkeypatch.setenv("AIRFLOW_CONN_EBI-ETL-DEV-01", "http://emergency.example.com")
    monkeypatch.setenv("AIRFLOW_VAR_REGION", "")
    monkeypatch.setenv("AIRFLOW_CONN_SHARED", "")
    assert _get_connection("EBI-ETL-DEV-01").host == "emergency.example.com"
    assert _get_variable("region", deserialize_json=False) == ""
    assert _get_connection("shared").host == "dev.example.com", "an empty one is none"


def test_an_environment_variable_of_a_team_wins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN__RED___SHARED", "http://red.example.com")
    backend = SecretsBackend(folder=str(folder))
    assert backend.get_connection("shared", team_name="red") is None
    assert backend.get_connection("shared", team_name="blue").host == "dev.example.com"


def test_a_saved_document_is_used_by_the_next_look_up(folder: Path, identity: Identity) -> None:
    backend = SecretsBackend(folder=str(folder))
    assert backend.get_variable("region") == "emea"
    (folder / "dev.yaml").write_bytes(seal("variables: {region: apac}\n", identity))
    assert backend.get_variable("region") == "apac"


@pytest.fixture
def old_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Airflow's database have a connection of the same id, as after years of `airflow connections import`."""
    old = ServerConnection(conn_id="EBI-ETL-DEV-01", uri="http://old.example.com")
    path = "airflow.secrets.metastore.MetastoreBackend.get_connection"
    monkeypatch.setattr(path, lambda *_, **__: old)
    monkeypatch.setenv("_AIRFLOW_PROCESS_CONTEXT", "server")


def tamper(folder: Path, _: pytest.MonkeyPatch) -> dict[str, Any]:
    document = folder / "dev.yaml"
    lines = document.read_text().splitlines(keepends=True)
    document.write_text("".join(line for line in lines if "schema:" not in line))
    return {"folder": str(folder)}


def truncate(folder: Path, _: pytest.MonkeyPatch) -> dict[str, Any]:
    document = folder / "dev.yaml"
    document.write_bytes(document.read_bytes()[:700])
    return {"folder": str(folder)}


def empty(folder: Path, _: pytest.MonkeyPatch) -> dict[str, Any]:
    (folder / "dev.yaml").write_bytes(b"")
    return {"folder": str(folder)}


def no_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    for name in ("SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(folder))
    return {"folder": str(folder)}


def wrong_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setenv("SOPS_AGE_KEY", make_identity().secret)
    return {"folder": str(folder)}


def missing_key_file(folder: Path, _: pytest.MonkeyPatch) -> dict[str, Any]:
    return {"folder": str(folder), "key_file": str(folder / "keys.txt")}


def no_arguments(_: Path, __: pytest.MonkeyPatch) -> dict[str, Any]:
    return {}


def unknown_argument(folder: Path, _: pytest.MonkeyPatch) -> dict[str, Any]:
    return {"folder": str(folder), "enviroment": "dev"}


def bad_name(folder: Path, _: pytest.MonkeyPatch) -> dict[str, Any]:
    return {"folder": str(folder), "environment": "../dev"}


def both_places(folder: Path, _: pytest.MonkeyPatch) -> dict[str, Any]:
    return {"folder": str(folder), "store": "/nowhere"}


def no_store(folder: Path, _: pytest.MonkeyPatch) -> dict[str, Any]:
    (folder / "file").touch()
    return {"store": str(folder / "file"), "environment": "production", "cache": str(folder / "cache")}


def a_bug(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr("airside.secrets.folder_source.FolderSource.read", lambda _: int(PASSWORD))
    return {"folder": str(folder)}


FAULTS = [
    (tamper, "checksum|schema"),
    (truncate, "dev.yaml"),
    (empty, "dev.yaml"),
    (no_key, "no age key"),
    (wrong_key, "No key here can decrypt"),
    (missing_key_file, "keys.txt cannot be read"),
    (no_arguments, "one of `folder` and `store`"),
    (unknown_argument, "no argument enviroment"),
    (bad_name, "cannot be the name"),
    (both_places, "one of `folder` and `store`"),
    (no_store, "cannot look up"),
    (a_bug, "ValueError"),
]


@pytest.mark.parametrize(("break_it", "said"), FAULTS, ids=[fault.__name__ for fault, _ in FAULTS])
@pytest.mark.usefixtures("old_value")
def test_what_is_broken_fails_closed_and_the_database_is_not_asked(
    folder: Path,
    configure: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    break_it: Callable[[Path, pytest.MonkeyPatch], dict[str, Any]],
    said: str,
) -> None:
    configure(**break_it(folder, monkeypatch))
    look_ups: list[Callable[[], object]] = [
        lambda: _get_connection("EBI-ETL-DEV-01"),
        lambda: _get_connection("nobody"),
        lambda: _get_variable("region", deserialize_json=False),
    ]
    for look_up in look_ups:
        with pytest.raises(AirflowSecretsBackendAccessDenied, match=said) as caught:
            look_up()
        assert PASSWORD not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__


UNWRITABLE = r"""
connections:
  EBI-ETL-DEV-01: {conn_type: http, host: new.example.com, extra: '{"half_a_character": "\ud83d"}'}
"""


@pytest.mark.usefixtures("old_value")
def test_what_airflow_cannot_write_as_a_uri_fails_each_time_and_the_database_is_not_asked(
    tmp_path: Path, identity: Identity, configure: Callable[..., None]
) -> None:
    configure(folder=str(seal_folder(tmp_path / "secrets", {"dev": UNWRITABLE}, identity)))
    for _ in range(2):
        with pytest.raises(AirflowSecretsBackendAccessDenied, match="UnicodeEncodeError"):
            _get_connection("EBI-ETL-DEV-01")


def test_a_name_that_no_variable_can_have_fails_closed(folder: Path) -> None:
    backend = SecretsBackend(folder=str(folder))
    for look_up in (backend.get_connection, backend.get_variable):
        with pytest.raises(AirflowSecretsBackendAccessDenied):
            look_up("half a character: \ud83d")


def test_what_could_not_be_masked_is_not_given_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = SecretsBackend(folder=str(folder))
    monkeypatch.setattr("airside.airflow.secrets.masking.mask_secret", lambda _: int(PASSWORD))
    for _ in range(2):
        with pytest.raises(AirflowSecretsBackendAccessDenied):
            backend.get_variable("limits")


def at_once(look_up: Callable[[], object], threads: int = 16) -> list[object]:
    """Return what each of several threads gets that look up at the same time; of a failure its text."""
    start = threading.Barrier(threads)

    def one(_: int) -> object:
        start.wait()
        try:
            return look_up()
        except AirflowSecretsBackendAccessDenied as error:
            return str(error)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(threads)))


def test_threads_that_begin_at_once_share_what_is_read(folder: Path) -> None:
    backend = SecretsBackend(folder=str(folder))
    assert at_once(lambda: backend.get_variable("region")) == ["emea"] * 16
    assert len(backend._processes) == 1


def test_threads_that_fail_at_once_have_the_same_reason(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOPS_AGE_KEY", make_identity().secret)
    for _ in range(5):
        [reason] = set(at_once(partial(SecretsBackend(folder=str(folder)).get_variable, "region")))
        assert "No key here can decrypt" in str(reason)


@pytest.mark.usefixtures("old_value")
def test_the_database_is_asked_for_what_no_document_has(
    tmp_path: Path, identity: Identity, configure: Callable[..., None]
) -> None:
    configure(folder=str(seal_folder(tmp_path / "secrets", {"dev": "connections: {}\n"}, identity)))
    assert _get_connection("EBI-ETL-DEV-01").host == "old.example.com"


def test_a_failure_is_logged_once_and_soon_over(
    folder: Path, identity: Identity, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = SecretsBackend(folder=str(folder))
    tamper(folder, monkeypatch)
    with caplog.at_level(logging.ERROR, "airside.airflow"):
        for _ in range(50):
            with pytest.raises(AirflowSecretsBackendAccessDenied):
                backend.get_variable("region")
    assert len(caplog.records) == 1
    (folder / "dev.yaml").write_bytes(seal("variables: {region: again}\n", identity))
    now = [1e9]
    monkeypatch.setattr("airside.airflow.secrets.reader.time.monotonic", lambda: now[0])
    assert backend.get_variable("region") == "again"


def test_every_secret_is_masked_with_the_forms_in_which_it_shows_up(
    folder: Path, configure: Callable[..., None]
) -> None:
    configure(folder=str(folder))
    _get_connection("EBI-ETL-DEV-01")
    _get_connection("by_uri")
    _get_variable("limits", deserialize_json=False)
    shown = [
        PASSWORD,
        json.dumps(PASSWORD),
        "p%40ss%3Aw0rd%2F%C3%BC%22x",
        "ZXRsOnBAc3M6dzByZC/DvCJ4",
        "deep-secret-token",
        "c2VjcmV0LWxpbmUtb25l",
        "uri secret",
        "uri%20secret",
        "hidden-in-query",
        "in-a-list-secret",
    ]
    for text in shown:
        assert "***" in str(redact(f"line: {text}")), text
        assert text not in str(redact(f"line: {text}"))
    for text in (PASSWORD, "uri secret"):
        assert text not in str(redact(f"a list: {[text]} {['it is ' + repr(text)]}"))
    assert redact("-----BEGIN KEY-----") == "-----BEGIN KEY-----"


def test_masking_is_told_once_for_each_version(
    folder: Path, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr("airside.airflow.secrets.masking.mask_secret", told.append)
    backend = SecretsBackend(folder=str(folder))
    for _ in range(3):
        backend.get_connection("EBI-ETL-DEV-01")
        backend.get_variable("limits")
    assert len(told) == 2
    (folder / "dev.yaml").write_bytes(seal("variables: {region: changed}\n", identity))
    backend.get_variable("region")
    assert len(told) == 3


def test_a_forked_process_reads_for_itself(folder: Path) -> None:
    backend = SecretsBackend(folder=str(folder))
    assert backend.get_variable("region") == "emea"
    if (child := os.fork()) == 0:
        same = backend.get_variable("region") == "emea" and len({*backend._processes.values()}) == 2
        os._exit(0 if same else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Let this process run the code of a bundle of an environment."""

    def serve(environment: str) -> None:
        monkeypatch.setattr(serving, "_served", {})
        serving.announce(tmp_path / environment, environment)
        monkeypatch.syspath_prepend(str(tmp_path / environment))

    return serve


def test_each_process_gets_the_secrets_of_its_own_environment(
    tmp_path: Path, identity: Identity, served: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = {"preprod": "variables: {region: pre}\n", "production": "variables: {region: prod}\n"}
    folder = seal_folder(tmp_path / "secrets", documents, identity)
    backend = SecretsBackend(folder=str(folder), environments=["preprod", "production"])
    monkeypatch.chdir(tmp_path)
    assert backend.get_variable("region") is None, "a server of Airflow works for none of them"
    served("preprod")
    assert backend.get_variable("region") == "pre"
    served("production")
    assert backend.get_variable("region") == "prod"
    served("elsewhere")
    assert backend.get_variable("region") is None


def test_airflows_cache_would_mix_environments_and_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__SECRETS__USE_CACHE", "True")
    backend = SecretsBackend(folder=str(folder), environments="preprod,production")
    with pytest.raises(AirflowSecretsBackendAccessDenied, match="use_cache"):
        backend.get_variable("region")
    assert SecretsBackend(folder=str(folder)).get_variable("region") == "emea"


def test_one_argument_can_come_from_an_environment_variable(
    folder: Path, tmp_path: Path, identity: Identity, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = identity.write(tmp_path / "keys" / "keys.txt")
    monkeypatch.delenv("SOPS_AGE_KEY")
    monkeypatch.setenv("AIRFLOW__SECRETS__BACKEND_KWARG__KEY_FILE", str(key))
    configure(folder=str(folder))
    assert _get_variable("region", deserialize_json=False) == "emea"


def test_the_ids_are_told_for_messages(folder: Path) -> None:
    assert set(SecretsBackend(folder=str(folder)).connection_ids()) == {"EBI-ETL-DEV-01", "by_uri", "shared"}


STARTING = """
import sys
import airflow.configuration
backend = airflow.configuration.secrets_backend_list[0]
assert type(backend).__name__ == "SecretsBackend", backend
names = ("airside.delivery", "airside.secrets", "airside.store", "obstore", "pyrage")
print([name for name in sys.modules if name.startswith(names)])
print(backend.get_variable("region"))
print([name for name in sys.modules if name.startswith(("airside.delivery", "obstore"))])
"""


def test_airflow_starts_with_it_and_nothing_is_imported_before_it_is_asked(
    folder: Path, configure: Callable[..., None]
) -> None:
    configure(folder=str(folder))
    command = [sys.executable, "-W", "ignore", "-c", STARTING]
    environ = dict(os.environ)  # noqa: TID251 - where Airflow's files are, and its options
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-3:] == ["[]", "emea", "[]"], done.stderr
