"""Operators and sensors of billing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator, BaseOperatorLink, BaseSensorOperator, PokeReturnValue

from lib.hooks.billing import BillingHook

if TYPE_CHECKING:
    from airflow.sdk import Context


class BillingLink(BaseOperatorLink):
    name = "Billing"

    def get_link(self, operator: BaseOperator, *, ti_key: Any) -> str:
        return "https://billing.internal/exports"


class BillingToTableOperator(BaseOperator):
    """Copies invoices to a table."""

    template_fields: Sequence[str] = ("since", "table", "sql", "options", "billing_conn_id")
    template_ext: Sequence[str] = (".sql",)
    template_fields_renderers = {"sql": "sql"}
    operator_extra_links = (BillingLink(),)
    ui_color = "#e8f7e4"

    def __init__(
        self,
        *,
        since: str,
        table: str,
        sql: str | list[str] | None = None,
        options: dict[str, Any] | None = None,
        billing_conn_id: str = "billing_api",
        postgres_conn_id: str = "warehouse",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.since = since
        self.table = table
        self.sql = sql
        self.options = options or {}
        self.billing_conn_id = billing_conn_id
        self.postgres_conn_id = postgres_conn_id

    def pre_execute(self, context: Context) -> None:
        self.log.info("since %s", self.since)

    def execute(self, context: Context) -> dict[str, Any]:
        from airflow.providers.postgres.hooks.postgres import PostgresHook

        hook = BillingHook(self.billing_conn_id)
        rows = [(invoice.number, invoice.amount) for invoice in hook.invoices(self.since)]
        PostgresHook(self.postgres_conn_id).insert_rows(self.table, rows)
        context["ti"].xcom_push(key="table", value=self.table)
        return {"rows": len(rows), "table": self.table}


class InvoicesReadySensor(BaseSensorOperator):
    """Waits for invoices."""

    template_fields: Sequence[str] = ("since",)

    def __init__(self, *, since: str, minimum: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.since = since
        self.minimum = minimum

    def poke(self, context: Context) -> PokeReturnValue:
        count = sum(1 for _ in BillingHook().invoices(self.since))
        return PokeReturnValue(is_done=count >= self.minimum, xcom_value=count)
