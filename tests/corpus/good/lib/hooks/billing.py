"""The billing API, as a hook."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.sdk import BaseHook

if TYPE_CHECKING:
    import requests

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Invoice:
    number: str
    amount: float


class BillingHook(BaseHook):
    """Speaks to the billing service."""

    conn_name_attr = "billing_conn_id"
    default_conn_name = "billing_api"
    conn_type = "http"
    hook_name = "Billing"
    page_size: ClassVar[int] = 100

    def __init__(self, billing_conn_id: str = default_conn_name, *, timeout: float = 30.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.billing_conn_id = billing_conn_id
        self.timeout = timeout
        self._session: requests.Session | None = None

    def get_conn(self) -> requests.Session:
        if self._session is None:
            import requests

            connection = self.get_connection(self.billing_conn_id)
            self._session = requests.Session()
            self._session.auth = (connection.login or "", connection.password or "")
            self._session.headers.update(connection.extra_dejson.get("headers", {}))
        return self._session

    def invoices(self, since: str) -> Iterator[Invoice]:
        page = 0
        while rows := self._page(since, page):
            yield from (Invoice(row["number"], row["amount"]) for row in rows)
            page += 1

    def _page(self, since: str, page: int) -> list[dict[str, Any]]:
        host = self.get_connection(self.billing_conn_id).host
        params = {"since": since, "page": page, "size": self.page_size}
        response = self.get_conn().get(f"{host}/invoices", params=params, timeout=self.timeout)
        response.raise_for_status()
        return response.json()
