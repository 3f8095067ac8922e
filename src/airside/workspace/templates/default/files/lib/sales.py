"""Orders and what they add up to: plain functions, tested without Airflow."""

from datetime import date
from typing import TypedDict

from airside import config


class Order(TypedDict):
    product: str
    quantity: int


def prices() -> dict[str, float]:
    """Return the price of each product, from `configs/daily_sales.yaml` and what the environment says over it."""
    return config.get("daily_sales.prices")


def orders_of(day: str) -> list[Order]:
    """Return the orders of `day` (2026-01-31). Made up here: put your own source in its place."""
    number = date.fromisoformat(day).toordinal()
    return [
        {"product": product, "quantity": 1 + (number * step) % 7}
        for step, product in enumerate(prices(), start=1)
    ]


def faults(orders: list[Order]) -> list[str]:
    """Return what is wrong with `orders`."""
    known = prices()
    found = [] if orders else ["there are no orders"]
    found += [f"unknown product {order['product']!r}" for order in orders if order["product"] not in known]
    found += [f"{order['product']}: quantity {order['quantity']}" for order in orders if order["quantity"] <= 0]
    return found


def totals(orders: list[Order]) -> dict[str, float]:
    """Return the turnover of each product."""
    price = prices()
    sold: dict[str, float] = {}
    for order in orders:
        sold[order["product"]] = sold.get(order["product"], 0) + order["quantity"] * price[order["product"]]
    return sold


def report(sold: dict[str, float]) -> str:
    """Return the turnover as text, the best product first."""
    currency = config.get("daily_sales.currency")
    lines = [f"- {name}: {sold[name]:.2f} {currency}" for name in sorted(sold, key=lambda name: -sold[name])]
    return "\n".join([f"Sold for {sum(sold.values()):.2f} {currency}", *lines])
