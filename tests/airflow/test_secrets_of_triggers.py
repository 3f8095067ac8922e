"""Look-ups of triggers, of which Airflow does not tell to which environment they belong."""

import json
from pathlib import Path

import pytest
from airflow.jobs.triggerer_job_runner import TriggerCommsDecoder
from airflow.sdk.exceptions import AirflowSecretsBackendAccessDenied
from airflow.sdk.execution_time import task_runner
from sealed import make_identity, seal
from secret_shipping import apply_documents

from airside.airflow import SecretsBackend
from airside.store.folder import FolderStore


@pytest.fixture
def triggerer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let this process run triggers: of all bundles, in one event loop."""
    link = TriggerCommsDecoder.__new__(TriggerCommsDecoder)  # nobody is at its other end
    monkeypatch.setattr(task_runner, "SUPERVISOR_COMMS", link, raising=False)
    monkeypatch.chdir(tmp_path)


TRIGGERED = {
    "preprod": "connections: {both: 'http://me:same@h', one: 'http://h'}\nvariables: {region: pre, same: x}\n",
    "production": "connections: {both: 'http://me:same@h'}\nvariables: {region: prod, same: x}\n",
}


@pytest.mark.usefixtures("triggerer")
@pytest.mark.parametrize("told", [True, False], ids=["told", "by its bundles"])
def test_a_trigger_gets_what_all_environments_have_and_a_reason_where_they_differ(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    identity = make_identity()
    monkeypatch.setenv("SOPS_AGE_KEY", identity.secret)
    for environment, text in TRIGGERED.items():
        apply_documents(store, {environment: seal(text, identity)}, environment=environment)
    kwargs = ({"store": store.location, "environment": environment} for environment in TRIGGERED)
    bundles = [{"name": "x", "classpath": "airside.airflow.ReleaseBundle", "kwargs": each} for each in kwargs]
    monkeypatch.setenv("AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST", json.dumps(bundles))
    more = {"environments": list(TRIGGERED)} if told else {}
    backend = SecretsBackend(store=store.location, cache=str(tmp_path / "cache"), **more)
    assert backend.get_connection("both").host == "h"
    assert backend.get_variable("same") == "x"
    assert backend.get_variable("nobody") is None
    assert set(backend.connection_ids()) == {"both", "one"}
    why = "preprod and production do not have the same, and Airflow does not tell whose trigger is asking"
    with pytest.raises(AirflowSecretsBackendAccessDenied, match=f"variable 'region': {why}"):
        backend.get_variable("region")
    with pytest.raises(AirflowSecretsBackendAccessDenied, match=f"connection 'one': {why}"):
        backend.get_connection("one")
    monkeypatch.setenv("AIRSIDE_ENVIRONMENT", "preprod")
    assert backend.get_variable("region") == "pre", "the variable says it"
