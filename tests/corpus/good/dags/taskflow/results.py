"""Tasks that return all that Airflow can store."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import PurePath  # noqa: F401
from typing import Any, Literal, Optional, Union

import numpy as np
import pandas as pd
import pendulum
from airflow.sdk import Asset, ObjectStoragePath, dag, task
from lib.models import Customer, Kind, Money, Order, Pair, Row, Shipment
from lib.settings import START


@dag(schedule="@daily", start_date=START, catchup=False)
def taskflow_results():
    @task
    def order() -> Order:
        return Order(1, 2.0, day=dt.date(2025, 1, 1))

    @task
    def customer() -> Customer:
        return Customer(id=1, name="x")

    @task
    def rows() -> list[Row]:
        return [{"id": 1, "total": Decimal("1.5")}]

    @task
    def pair() -> Pair:
        return Pair("a", "b")

    @task
    def shipment() -> Shipment | None:
        return Shipment(1, 2.0)

    @task
    def money() -> Money:
        return Money(5)

    @task
    def frame() -> pd.DataFrame:
        return pd.DataFrame({"a": [1]})

    @task
    def number() -> np.float64:
        return np.float64(1)

    @task
    def times() -> tuple[dt.datetime, dt.timedelta, pendulum.DateTime, Decimal]:
        return dt.datetime(2025, 1, 1), dt.timedelta(1), pendulum.now("UTC"), Decimal(1)

    @task
    def generated() -> Iterator[int]:
        yield from range(3)

    @task
    def any_of(kind: Kind = Kind.NEW) -> Union[int, str, None]:
        return kind.value

    @task
    def abstract() -> Mapping[str, Sequence[int]]:
        return {"a": [1]}

    @task
    def iterable() -> Iterable[int]:
        return [1]

    @task
    def maybe() -> Optional[Literal["a", "b"]]:
        return "a"

    @task
    def path() -> ObjectStoragePath:
        return ObjectStoragePath("file:///tmp/x")

    @task
    def asset() -> Asset:
        return Asset("s3://lake/results")

    @task
    def text(value: Any) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, str(value)))

    @task
    def nested() -> dict[str, list[Order] | None]:
        return {"a": [Order(1, 2)], "b": None}

    @task(do_xcom_push=False)
    def connection():
        return lambda: 1

    @task
    def nothing() -> None: ...

    @task
    def joined() -> str:
        return ",".join(str(number) for number in range(3))

    @task
    def listed():
        return [*map(str, range(3))], sum(x for x in range(3)), dict(a=1)

    text([order(), customer(), rows(), pair(), shipment(), money(), frame(), number(), times()])
    text.override(task_id="more")([generated(), any_of(), abstract(), iterable(), maybe(), path(), asset(), nested()])
    connection() >> nothing() >> joined() >> listed()


taskflow_results()
