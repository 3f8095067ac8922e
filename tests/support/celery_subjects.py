"""Workspaces as the renderer of `celery` sees them."""

from typing import Any

from airside.base.digest import Digest
from airside.render.celery import render
from airside.render.subject import AirsideSource, Subject
from airside.workspace.settings import Settings

LOCK = b"apache-airflow==3.3.2\n"


def subject(
    celery: dict[str, Any] | None = None,
    *,
    airflow: dict[str, Any] | None = None,
    tracked: tuple[str, ...] = ("production",),
    airside: AirsideSource | None = None,
    trust: str | None = None,
    lock: bytes | None = LOCK,
    **tables: Any,
) -> Subject:
    """Return a workspace that can be rendered, with these tables in place of its own."""
    document = {
        "workspace": {"name": "sales"},
        "airflow": {"python": "3.11"} | (airflow or {}),
        "store": {"url": "s3://bucket/sales", "options": {"region": "eu-west-3"}},
        "environments": {"production": {"airflow": "https://airflow.example.com"}, "preprod": {}},
        "celery": celery or {},
    }
    return Subject(
        settings=Settings.model_validate(document | tables),
        environments=tracked,
        lock=Digest.of(lock) if lock else None,
        trust=trust,
        airside=airside or AirsideSource("airside==1.2.3"),
        target="celery",
        command="airside render celery --env production",
    )


def rendered(found: Subject) -> dict[str, str]:
    """Return the text of each file by its path."""
    return {file.path: file.text for file in render(found)}
