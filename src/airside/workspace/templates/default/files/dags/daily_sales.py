"""Daily sales: check the orders of the day, add them up, and say what was sold."""

from datetime import UTC, datetime

from airflow.sdk import dag, task

from lib.sales import Order, faults, orders_of, report, totals


@dag(schedule="@daily", start_date=datetime(2026, 1, 1, tzinfo=UTC), catchup=False, tags=["example"], doc_md=__doc__)
def daily_sales():
    @task
    def check(ds: str | None = None) -> list[Order]:
        """Read the orders, and fail before any work is done when they cannot be right."""
        orders = orders_of(ds or datetime.now(UTC).date().isoformat())
        if found := faults(orders):
            raise ValueError("; ".join(found))
        return orders

    @task
    def work(orders: list[Order]) -> dict[str, float]:
        """Add up what was sold, by product."""
        return totals(orders)

    @task
    def summary(sold: dict[str, float]) -> str:
        """Say what was sold; the text is shown in the log and kept as this task's result."""
        text = report(sold)
        print(text)
        return text

    summary(work(check()))


daily_sales()
