"""A connection answers."""

import logging
import socket
from collections.abc import Callable
from typing import Any

from airflow.sdk import BaseHook

from airside.authoring.checks.operator import CheckOperator, failed, make

_log = logging.getLogger(__name__)


class ConnectionCheck(CheckOperator):
    """Lets the hook of a connection test it; where it has no test, opens a socket to its host and port."""

    template_fields = ("conn_id",)

    def __init__(self, *, conn_id: str, timeout: float = 10.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conn_id = conn_id
        self.timeout = timeout

    def look(self) -> str:
        """Ask it."""
        thing = f"The connection {self.conn_id!r}"
        try:
            found = BaseHook.get_connection(self.conn_id)
        except Exception as error:
            raise failed(thing, f"cannot be had: {error}") from error
        test = self._test(found)
        if test is None:
            return self._reach(found, thing)
        answers, said = test()
        if not answers:
            raise failed(thing, f"does not answer: {said}")
        return f"{thing} answers: {said}"

    def _test(self, found: Any) -> Callable[[], tuple[bool, str]] | None:  # noqa: ANN401 - Airflow's class
        """Return the test of its hook; None where it has none."""
        try:
            hook = found.get_hook()
        except Exception as error:  # whatever the constructor of a provider's hook raises
            if found.host and found.port:
                _log.info("No hook of the type %r: %s", found.conn_type, error)
                return None
            raise failed(
                f"The connection {self.conn_id!r}",
                f"cannot be tested: no provider here has the type {found.conn_type!r}, and it has no host with a port "
                f"({error})",
            ) from error
        test: Callable[[], tuple[bool, str]] | None = getattr(hook, "test_connection", None)
        return test

    def _reach(self, found: Any, thing: str) -> str:  # noqa: ANN401 - as above
        if not found.host or not found.port:
            raise failed(
                thing, f"cannot be tested: the type {found.conn_type!r} has no test, and it has no host with a port"
            )
        host = found.host.rpartition("://")[2].partition("/")[0]
        try:
            with socket.create_connection((host, found.port), timeout=self.timeout):
                return f"{thing} answers at {host}:{found.port}"
        except OSError as error:
            raise failed(thing, f"does not answer at {host}:{found.port}: {error}") from error


def connection(conn_id: str, *, timeout: float = 10.0, **arguments: Any) -> ConnectionCheck:
    """Return a task that fails where a connection does not answer.

    Args:
        conn_id: Its id; a template.
        timeout: Seconds for a socket, where the provider of the connection has no test of its own.
        **arguments: Of any operator, such as `task_id` and `retries`.
    """
    return make(ConnectionCheck, f"connection_{conn_id}", arguments, conn_id=conn_id, timeout=timeout)
