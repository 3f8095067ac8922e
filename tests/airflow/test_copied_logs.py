"""What a process that looks after tasks logs itself is masked, whatever its logs are configured as."""

from collections.abc import Iterator, Sequence
from typing import Any

import airflow.sdk.execution_time.supervisor  # noqa: F401 - this process looks after tasks
import pytest
import structlog
from airflow.sdk._shared.secrets_masker import mask_secret, reset_secrets_masker
from airflow.sdk.log import mask_logs

from airside.airflow import SecretsBackend


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    kept = structlog.get_config()
    yield
    structlog.configure(**kept)
    reset_secrets_masker()


def configured(processors: Sequence[Any]) -> Sequence[Any]:
    structlog.configure(processors=processors)
    for _ in range(3):
        SecretsBackend()
    return list(structlog.get_config()["processors"])


def test_a_logger_that_there_is_masks_from_then_on_and_once(capsys: pytest.CaptureFixture[str]) -> None:
    logger = structlog.wrap_logger(structlog.PrintLogger(), processors=(own := [structlog.processors.JSONRenderer()]))
    found = configured(own)
    assert found.count(mask_logs) == 1
    mask_secret("canary-96")
    logger.msg("it is canary-96")
    assert capsys.readouterr().out == '{"event": "it is ***"}\n'


@pytest.mark.parametrize("processors", [(), (structlog.processors.JSONRenderer(),)], ids=["none", "tuple"])
def test_other_logs_than_those_of_airflow_do_not_keep_it_from_being_made(processors: Sequence[Any]) -> None:
    """A task does not start where its backend cannot be made (`supervise_task`, …/execution_time/supervisor.py)."""
    assert configured(processors) == list(processors)
