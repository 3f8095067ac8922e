"""A platform as a service, as far as the apps on it know."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Parts = Mapping[str, str]
"""For each part the variable of the platform that has it; `hint` says what to do where it is not there."""


@dataclass(frozen=True, slots=True)
class Provider:
    """What a platform gives its apps. The names of parts are those that `files/provided.py` reads.

    Attributes:
        name: For people.
        database: Either ``host``, ``port``, ``name``, ``user`` and ``password``, or ``url``.
        bucket: ``key`` and ``secret``; None where the variables of AWS are set by the user.
        redis: ``host``, ``port`` and ``password``, or ``url``; None where there is none.
        port: Where an app has to listen.
        copied: Variables of a program, and the variable of the platform that has the value, where there is one.
    """

    name: str
    database: Parts
    bucket: Parts | None = None
    redis: Parts | None = None
    port: int = 8080
    copied: Mapping[str, str] = field(default_factory=dict)
