"""Values that tasks pass to each other."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, TypedDict

import attrs
from pydantic import BaseModel


class Kind(str, enum.Enum):
    NEW = "new"
    OLD = "old"


@dataclass
class Order:
    id: int
    total: float
    lines: list[str] = field(default_factory=list)
    day: date | None = None


class Customer(BaseModel):
    id: int
    name: str
    since: datetime | None = None


class Row(TypedDict):
    id: int
    total: Decimal


class Pair(NamedTuple):
    left: str
    right: str


@attrs.define
class Shipment:
    id: int
    weight: float


class Money:
    """Says itself how it is stored."""

    __version__ = 1

    def __init__(self, cents: int) -> None:
        self.cents = cents

    def serialize(self) -> dict:
        return {"cents": self.cents}

    @staticmethod
    def deserialize(data: dict, version: int) -> Money:
        return Money(data["cents"])
