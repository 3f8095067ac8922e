"""The logs of each environment go where `[logs]` says, and nowhere else."""

import json
from typing import Any

import pytest

from airside.base.errors import WorkspaceError
from airside.render.airflow_options import Places, airflow_options
from airside.render.logs import log_connection, logs_options
from airside.render.subject import AirsideSource, Subject
from airside.workspace.settings import Settings


def settings(logs: dict[str, Any], **own: dict[str, Any]) -> Settings:
    environments = {name: {"logs": own.get(name, {})} for name in ("production", "preprod", "preview/mine")}
    return Settings.model_validate({"workspace": {"name": "x"}, "logs": logs, "environments": environments})


def test_an_airflow_is_told_of_the_bucket_and_of_the_connection() -> None:
    found = settings(
        {"url": "s3://bucket/logs/{environment}/", "endpoint": "https://s3.example.com", "region": "eu-west-3"}
    )
    assert logs_options(found, ["production"]) == {
        "logging": {
            "remote_logging": "True",
            "remote_base_log_folder": "s3://bucket/logs/production",
            "remote_log_conn_id": "airside_logs",
            "delete_local_logs": "False",
        }
    }
    assert log_connection(found, ["production"]) == {
        "id": "airside_logs",
        "conn_type": "aws",
        "extra": {"endpoint_url": "https://s3.example.com", "region_name": "eu-west-3"},
    }


def test_a_name_of_two_parts_is_one_folder_of_the_bucket() -> None:
    found = logs_options(settings({"url": "s3://bucket/{environment}"}), ["preview/mine"])
    assert found["logging"]["remote_base_log_folder"] == "s3://bucket/preview--mine"


def test_each_environment_may_have_a_bucket() -> None:
    found = logs_options(settings({"url": "gs://{environment}-logs"}), ["preprod"])
    assert found["logging"]["remote_base_log_folder"] == "gs://preprod-logs"
    connection = log_connection(settings({"url": "gs://x-logs"}), ["preprod"])
    assert connection == {"id": "airside_logs", "conn_type": "google_cloud_platform", "extra": {}}


def test_azure_has_its_container_in_an_option_of_its_own() -> None:
    found = settings({"url": "az://container/a/{environment}", "endpoint": "https://me.blob.core.windows.net"})
    options = logs_options(found, ["production"])
    assert options["logging"]["remote_base_log_folder"] == "wasb://a/production"
    assert options["azure_remote_logging"] == {"remote_wasb_log_container": "container"}
    assert log_connection(found, ["production"]) == {
        "id": "airside_logs",
        "conn_type": "wasb",
        "host": "https://me.blob.core.windows.net",
    }


def test_an_environment_may_have_logs_of_its_own() -> None:
    found = settings({"url": "s3://bucket/{environment}", "region": "eu-west-3"}, production={"url": "s3://safe"})
    assert logs_options(found, ["production"])["logging"]["remote_base_log_folder"] == "s3://safe"
    assert (log_connection(found, ["production"]) or {})["extra"] == {"region_name": "eu-west-3"}
    assert logs_options(found, ["preprod"])["logging"]["remote_base_log_folder"] == "s3://bucket/preprod"


def test_development_and_a_workspace_that_says_nothing_keep_logs_where_they_are() -> None:
    assert logs_options(settings({"url": "s3://bucket/logs"}), []) == {}
    assert log_connection(settings({"url": "s3://bucket/logs"}), []) is None
    assert logs_options(settings({}), ["production"]) == {}
    assert log_connection(settings({}), ["production"]) is None


def test_several_environments_share_a_place_that_has_no_name_in_it() -> None:
    found = logs_options(settings({"url": "s3://bucket/logs"}), ["production", "preprod"])
    assert found["logging"]["remote_base_log_folder"] == "s3://bucket/logs"


def test_several_environments_cannot_share_a_place_that_is_called_after_one() -> None:
    with pytest.raises(WorkspaceError, match="production and preprod cannot be served by one Airflow") as refused:
        logs_options(settings({"url": "s3://bucket/{environment}"}), ["production", "preprod"])
    assert "Serve each with an Airflow of its own" in (refused.value.hint or "")


@pytest.mark.parametrize("environments", [["production", "preprod"], ["preprod", "production"]])
def test_several_environments_whose_logs_differ_are_not_served_together(environments: list[str]) -> None:
    found = settings({"url": "s3://bucket/logs"}, production={"url": "s3://safe"}).for_environments(environments)
    with pytest.raises(WorkspaceError, match="their logs do not go to one place"):
        logs_options(found, environments)
    with pytest.raises(WorkspaceError, match="their logs do not go to one place"):
        log_connection(found, environments)


def test_a_name_that_makes_no_bucket_is_refused_before_the_first_task_ends() -> None:
    with pytest.raises(WorkspaceError, match=r"logs\.url: 'x{53}-production' cannot name a bucket"):
        logs_options(settings({"url": f"s3://{'x' * 53}-{{environment}}"}), ["production"])


def test_every_platform_is_told_of_the_bucket_and_its_backend_of_the_connection() -> None:
    found = settings({"url": "s3://bucket/{environment}", "region": "eu-west-3"})
    subject = Subject(found, ("production",), None, None, AirsideSource("airside==1"), "compose", "airside render")
    options = airflow_options(subject, Places(bundles="/bundles"), "LocalExecutor")
    assert options["logging"]["remote_base_log_folder"] == "s3://bucket/production"
    logs = json.loads(options["secrets"]["backend_kwargs"])["logs"]
    assert logs == {"id": "airside_logs", "conn_type": "aws", "extra": {"region_name": "eu-west-3"}}
