"""Routes of an HTTP stand-in: which answer a request gets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

from airside.base.errors import UsageError
from airside.testing.standins.web.answers import Answers, answers

_METHODS: Final = ("*", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_ROUTE: Final = re.compile(r"(?:(?P<method>[A-Za-z*]+)\s+)?(?P<path>/[^?\s]*)(?:\?(?P<query>\S*))?")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request has to be like.

    Attributes:
        name: As the test wrote it.
        method: In capitals; `*` is any.
        path: A pattern: `{name}` stands for one segment, `*` at the end for any rest.
        query: Parameters that a request has to have, among others.
    """

    name: str
    method: str
    path: str
    query: Mapping[str, str]

    @property
    def precision(self) -> tuple[int, ...]:
        """What sorts the more precise route before the less precise one."""
        return (self.path.endswith("*"), self.path.count("{"), -len(self.query), self.method == "*")

    def is_for(self, path: str) -> bool:
        """Whether it is for this path, whatever the method."""
        parts = re.split(r"(\{[^/{}]*\}|\*\Z)", self.path)
        pattern = "".join("[^/]+" if p.startswith("{") else ".*" if p == "*" else re.escape(p) for p in parts)
        return re.fullmatch(pattern, path) is not None

    def takes(self, method: str, path: str, query: Mapping[str, str]) -> bool:
        """Whether it answers such a request: a route for GET answers HEAD as well."""
        is_method = self.method in {"*", method} or (self.method, method) == ("GET", "HEAD")
        return is_method and self.is_for(path) and self.query.items() <= query.items()


@dataclass(frozen=True, slots=True)
class Route:
    """A request and what is answered."""

    wanted: Wanted
    answers: Answers


def routes(stand_in: str, given: Mapping[str, Any], headers: Mapping[str, str], folder: Path) -> list[Route]:
    """Read the routes that a test gives, the most precise first.

    Args:
        stand_in: The connection id, for messages.
        given: By `METHOD /path?query`: the answer.
        headers: Of each answer.
        folder: What paths of files are relative to.

    Raises:
        UsageError: A route or an answer cannot be read.
    """
    found = [
        Route(wanted(name), answers(f"the route {name} of {stand_in}", answer, headers, folder))
        for name, answer in given.items()
    ]
    return sorted(found, key=lambda route: route.wanted.precision)


def wanted(name: str) -> Wanted:
    """Read a route.

    Raises:
        UsageError: It is not one.
    """
    parts = _ROUTE.fullmatch(name.strip())
    method = (parts["method"] or "*").upper() if parts else ""
    if parts is None or method not in _METHODS:
        raise UsageError(f"{name!r} is no route", hint="A route is a method and a path: GET /v1/rates?base=eur.")
    return Wanted(name, method, parts["path"], dict(parse_qsl(parts["query"] or "", keep_blank_values=True)))
