"""Speaking JSON with an Airflow's API server: sign in once, again when the token has expired."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import urllib3

from airside.base.errors import PlatformError

_CREATED, _UNAUTHORIZED = 201, 401
_ERROR = 300
"""A page that the user is sent on to is no answer either: it is the sign-in of something before Airflow."""
_CHUNK = 64 * 1024
_TIMEOUT = urllib3.Timeout(connect=3.0, read=30.0)

ReadPassword = Callable[[], str]
"""Returns a password; raises an `AirsideError` where there is none yet."""


class ApiError(PlatformError):
    """Airflow's API answered with an error.

    Attributes:
        status: The HTTP status.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message, hint="`airside logs api-server` may show why.")
        self.status = status


class NoApiError(PlatformError):
    """What answers is not the API of Airflow: a page for people, for one."""


class Session:
    """A signed-in user of one Airflow.

    Args:
        url: Where its API server listens, without a path.
        username: Who.
        password: Never in a message. What reads it, where it may be another one when the user signs in again.
        token: Lets the user in instead of the other two. When it expires, nothing renews it.
    """

    def __init__(
        self, url: str, username: str = "", password: str | ReadPassword = "", *, token: str | None = None
    ) -> None:
        self.url = url
        self._credentials = None if token else (username, password)
        self._token = token
        self._pool = urllib3.PoolManager(timeout=_TIMEOUT, retries=False, maxsize=4)

    def call(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Make a request as the user and return the document of the answer.

        Args:
            method: `GET`, `POST`, ….
            path: From the root, quoted, with its query.
            body: A document to send.

        Raises:
            ApiError: The answer is an error; Airflow's own words are in the message.
            PlatformError: There is no answer.
        """
        answer = self._as_user(method, path, body)
        return self._document(answer) if answer.data else None

    def lines(self, path: str, *, most_bytes: int, seconds: float) -> Iterator[bytes]:
        """Yield the lines of an answer of newline-delimited JSON as they come, until either limit.

        Args:
            path: From the root, quoted, with its query.
            most_bytes: After so many bytes it ends, in the midst of a line perhaps.
            seconds: After so many it ends; one read may take as long as that of any other request.

        Raises:
            ApiError: The answer is an error.
            PlatformError: There is no answer, or it breaks off.
        """
        answer = self._as_user("GET", path, None, stream=True)
        deadline, rest, read = time.monotonic() + seconds, b"", 0
        try:
            while read < most_bytes and time.monotonic() < deadline and (data := answer.read1(_CHUNK)):
                read += len(data)
                *whole, rest = (rest + data).split(b"\n")
                yield from whole
            yield rest
        except urllib3.exceptions.HTTPError as error:
            raise self._no_answer(error) from error
        finally:
            answer.close()

    def call_anonymously(self, path: str) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return the document at `path`, which needs no user.

        Raises:
            PlatformError: There is no answer, or an error.
        """
        answer = self._request("GET", path, None, {})
        if answer.status >= _ERROR:
            raise ApiError(f"GET {self.url}{path} answered {answer.status}: {_detail(answer)}", answer.status)
        return self._document(answer)

    def _as_user(self, method: str, path: str, body: object, *, stream: bool = False) -> urllib3.BaseHTTPResponse:
        if self._token is None:
            self._token = self._sign_in()
        answer = self._send(method, path, body, stream=stream)
        if answer.status == _UNAUTHORIZED and self._credentials:
            answer.drain_conn()
            self._token = self._sign_in()
            answer = self._send(method, path, body, stream=stream)
        if answer.status >= _ERROR:
            raise ApiError(f"{method} {self.url}{path} answered {answer.status}: {_detail(answer)}", answer.status)
        return answer

    def _sign_in(self) -> str:
        username, password = self._credentials or ("", "")
        body = {"username": username, "password": password() if callable(password) else password}
        answer = self._request("POST", "/auth/token", body, {})
        if answer.status != _CREATED:
            raise ApiError(f"Airflow at {self.url} does not let the user in: {answer.status}", answer.status)
        document = self._document(answer)
        if not isinstance(document, dict) or "access_token" not in document:
            raise self._no_airflow()
        return str(document["access_token"])

    def _document(self, answer: urllib3.BaseHTTPResponse) -> Any:  # noqa: ANN401 - whatever JSON holds
        try:
            return json.loads(answer.data)
        except ValueError as error:
            raise self._no_airflow() from error

    def _no_airflow(self) -> PlatformError:
        return NoApiError(
            f"What answers at {self.url} is not the API of Airflow", hint="Look whether the address is right."
        )

    def _send(self, method: str, path: str, body: object, *, stream: bool) -> urllib3.BaseHTTPResponse:
        headers = {"Authorization": f"Bearer {self._token}"} | ({"Accept": "application/x-ndjson"} if stream else {})
        return self._request(method, path, body, headers, stream=stream)

    def _request(
        self, method: str, path: str, body: object, headers: dict[str, str], *, stream: bool = False
    ) -> urllib3.BaseHTTPResponse:
        data = None if body is None else json.dumps(body)
        if data is not None:
            headers = headers | {"Content-Type": "application/json"}
        try:
            return self._pool.request(
                method, f"{self.url}{path}", body=data, headers=headers, preload_content=not stream
            )
        except urllib3.exceptions.HTTPError as error:
            raise self._no_answer(error) from error

    def _no_answer(self, error: urllib3.exceptions.HTTPError) -> PlatformError:
        return PlatformError(
            f"Airflow at {self.url} does not answer: {type(error).__name__}", hint="`airside status` shows its state."
        )


def segment(text: str) -> str:
    """Return `text` as one segment of a path."""
    return quote(text, safe="")


def _detail(answer: urllib3.BaseHTTPResponse) -> str:
    try:
        document = json.loads(answer.data)
    except ValueError:
        return answer.data.decode(errors="replace")[:300]
    detail = document.get("detail", document) if isinstance(document, dict) else document
    if isinstance(detail, list):
        detail = "; ".join(map(_finding, detail))
    return str(detail)[:1000]


def _finding(finding: object) -> str:
    """Return a finding of FastAPI's about a request without what was sent, which may be a password."""
    if not isinstance(finding, dict):
        return "not valid"
    place = ".".join(str(part) for part in finding.get("loc", ()))
    return f"{place}: {finding.get('msg', 'not valid')}"
