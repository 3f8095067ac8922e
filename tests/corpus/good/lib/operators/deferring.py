"""An operator that waits in the triggerer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.providers.standard.triggers.temporal import TimeDeltaTrigger
from airflow.sdk import BaseOperator


class ExportOperator(BaseOperator):
    """Begins an export and waits for it."""

    template_fields = ("export", "wait")

    def __init__(self, export: str, wait: timedelta = timedelta(minutes=5), deferrable: bool = True, **kwargs: Any):
        super().__init__(**kwargs)
        self.export = export
        self.wait = wait
        self.deferrable = deferrable

    def execute(self, context) -> str:
        if self.deferrable:
            self.defer(trigger=TimeDeltaTrigger(self.wait), method_name="execute_complete")
        return self.execute_complete(context)

    def execute_complete(self, context, event: dict[str, Any] | None = None) -> str:
        return f"{self.export}-{context['ds_nodash']}"

    def on_kill(self) -> None:
        self.log.info("stopped %s", self.export)
