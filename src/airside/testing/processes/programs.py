"""The network of programs that a task starts.

An audit hook is no guard in another program. What speaks HTTP, such as curl, git or pip, asks its environment for a
proxy first, and is led to one that is not there, whose name says why. Python's own code never sees these variables.
"""

import os
import subprocess
import sys
from collections.abc import Iterable
from functools import wraps
from typing import Any, Final

_NOWHERE: Final = "http://a-test-has-no-network.invalid:9"
_PROXIES: Final = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_HERE: Final = ("localhost", "127.0.0.1", "::1")

_ENVIRONMENT: Final = {"subprocess.Popen": 3, "os.posix_spawn": 2, "os.exec": 2}
"""By the audit event: which of its arguments is the environment."""


def lead_nowhere(hosts: Iterable[str]) -> None:
    """Have programs that this process starts find no proxy, except for these hosts."""
    direct = ",".join((*_HERE, *hosts))
    variables = dict.fromkeys(_PROXIES, _NOWHERE) | {"no_proxy": direct, "NO_PROXY": direct}
    for name, value in variables.items():
        # That of the process, which a program inherits; `os.environ` is a copy, made when Python started.
        os.putenv(name, value)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        place = _ENVIRONMENT.get(event)
        if place is not None and isinstance(given := arguments[place], dict):
            for name, value in variables.items():
                given.setdefault(name, value)

    sys.addaudithook(hook)
    _hand_copies_on()


def _hand_copies_on() -> None:
    """Give programs a copy of the environment that a task gives them: its own may be a field that is shown."""
    original = subprocess.Popen.__init__

    @wraps(original)
    def start(self: Any, *arguments: Any, **options: Any) -> None:
        if options.get("env") is not None:
            options["env"] = dict(options["env"])
        original(self, *arguments, **options)

    subprocess.Popen.__init__ = start  # type: ignore[method-assign] # in a process of its own
