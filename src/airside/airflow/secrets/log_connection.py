"""The connection that Airflow keeps the logs of tasks with: where the bucket is, and perhaps an environment's keys.

Airflow asks for it in the process that looks after a task, in the triggerer and in the API server, and none of them
runs code of a bundle at that moment. So where it leads follows from `[logs]` of the settings, and is an argument of
the backend; the keys are in the documents of secrets, or the process has some of its own (`AWS_ACCESS_KEY_ID`, the
role of its machine).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from airside.base.errors import UsageError

_TEXTS = ("id", "conn_type", "host")
_HINT = "Correct [secrets] backend_kwargs of Airflow: `logs` has an id, a conn_type, perhaps a host and an extra."


@dataclass(frozen=True, slots=True)
class LogConnection:
    """What is known of the connection without any secret.

    Attributes:
        id: As `[logging] remote_log_conn_id` says it.
        conn_type: Such as ``aws``.
        host: Where the service is, for those that look there.
        extra: Where the service is, for those that look here: `endpoint_url`, `region_name`.
    """

    id: str
    conn_type: str
    host: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def text_of_extra(self, said: str | None = None) -> str | None:
        """Return `extra` as Airflow stores it; what `said`, that of a document, says has the last word."""
        own = json.loads(said) if said else {}
        if not isinstance(own, dict):  # nothing that could be joined: the document's own words
            return said
        joined = {**self.extra, **own}
        return json.dumps(joined) if joined else None

    def complete(self, made: Any) -> None:  # noqa: ANN401 - Airflow has two classes of connections
        """Give a connection of Airflow what its document leaves open."""
        made.conn_type = made.conn_type or self.conn_type
        made.host = made.host or self.host
        if (extra := self.text_of_extra(made.extra)) != made.extra:
            made.extra = extra


def parse_log_connection(said: Mapping[str, Any]) -> LogConnection | None:
    """Return the connection that the argument `logs` of the backend describes; None where there is none.

    Raises:
        UsageError: It does not hold. No value is told.
    """
    if not said:
        return None
    if unknown := sorted(set(said) - {*_TEXTS, "extra"}):
        raise UsageError(f"The secrets backend has no {', '.join(unknown)} in `logs`", hint=_HINT)
    extra = said.get("extra") or {}
    texts = [said.get(name) for name in _TEXTS]
    if not (texts[0] and texts[1]) or not all(text is None or isinstance(text, str) for text in texts):
        raise UsageError("The secrets backend takes text as `id`, `conn_type` and `host` of `logs`", hint=_HINT)
    if not isinstance(extra, Mapping):
        raise UsageError("The secrets backend takes an object as `extra` of `logs`", hint=_HINT)
    return LogConnection(str(texts[0]), str(texts[1]), said.get("host"), dict(extra))
