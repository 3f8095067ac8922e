"""The operator that checks an HTTP endpoint; it is imported where its provider is there."""

from dataclasses import dataclass
from typing import Any

from airflow.providers.http.operators.http import HttpOperator

from airside.authoring.checks.operator import Check, failed


@dataclass(frozen=True, slots=True)
class Answer:
    """What is expected, within `timeout` seconds."""

    status: frozenset[int]
    contains: str | None
    timeout: float


class HttpCheck(Check, HttpOperator):  # type: ignore[misc]  # Airflow's class is untyped here
    """Sends a request, and fails where the answer is not what is expected."""

    def __init__(self, *, answer: Answer, method: str = "GET", **kwargs: Any) -> None:
        # The answer is judged here, by a status that may be an error to the hook.
        options = {"timeout": answer.timeout, "check_response": False}
        super().__init__(method=method, extra_options=options, deferrable=False, **kwargs)
        self.answer = answer

    def look(self) -> str:
        """Ask it."""
        thing = f"{self.method} {self.endpoint} of the connection {self.http_conn_id!r}"
        try:
            response = self.hook.run(self.endpoint, self.data, self.headers, self.extra_options)
        except Exception as error:
            raise failed(thing, f"does not answer: {error}") from error
        if response.status_code not in self.answer.status:
            expected = ", ".join(map(str, sorted(self.answer.status)))
            raise failed(thing, f"answers {response.status_code} {response.reason}, expected {expected}")
        if self.answer.contains is not None and self.answer.contains not in response.text:
            raise failed(thing, f"answers {response.status_code} without the text {self.answer.contains!r}")
        return f"{thing} answers {response.status_code} in {response.elapsed.total_seconds():.3f} s"
