"""Tells people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseNotifier

if TYPE_CHECKING:
    from airflow.sdk import Context


class ChatNotifier(BaseNotifier):
    template_fields = ("text", "room")

    def __init__(self, text: str, room: str = "data", chat_conn_id: str = "chat", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.text = text
        self.room = room
        self.chat_conn_id = chat_conn_id

    def notify(self, context: Context) -> None:
        import httpx

        from lib.settings import chat_host

        httpx.post(f"{chat_host(self.chat_conn_id)}/{self.room}", content=json.dumps({"text": self.text}))


def on_failure(context: dict[str, Any]) -> None:
    """Called by Airflow when a task fails."""
    ti = context["ti"]
    reason = context.get("exception")
    print(f"{ti.dag_id}.{ti.task_id} failed: {reason}")


def on_miss(context, room="data"):
    print(room, context["run_id"])


class Escalation:
    """A callback that has a state."""

    def __init__(self, level: int) -> None:
        self.level = level

    def __call__(self, context) -> None:
        print(self.level, context["task_instance"].task_id)

    def told(self, context) -> None:
        print(self.level)
