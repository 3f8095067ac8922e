import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from airside.base.errors import PlatformError
from airside.platform.http import ApiError, Session, segment

PASSWORD = "hunter2"
Answer = Callable[[str, str | None], tuple[int, bytes]]


class Api:
    """An API server whose answers a test chooses. Every sign-in returns another token."""

    def __init__(self) -> None:
        self.tokens = 0
        self.password = PASSWORD
        self.answer: Answer = lambda _path, _token: (200, b"{}")
        api = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, data = api.respond(self.path, self.headers.get("Authorization"), body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PATCH = _answer  # noqa: N815 - names of http.server

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def respond(self, path: str, authorization: str | None, body: bytes) -> tuple[int, bytes]:
        if path != "/auth/token":
            return self.answer(path, authorization)
        if json.loads(body)["password"] != self.password:
            return 401, json.dumps({"detail": body.decode()}).encode()
        self.tokens += 1
        return 201, json.dumps({"access_token": f"token{self.tokens}"}).encode()


@pytest.fixture
def api() -> Iterator[Api]:
    api = Api()
    thread = Thread(target=api.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield api
    api.server.shutdown()
    thread.join()
    api.server.server_close()


@pytest.fixture
def session(api: Api) -> Iterator[Session]:
    session = Session(api.url, "ana", PASSWORD)
    yield session
    session._pool.clear()


def test_the_user_signs_in_once(api: Api, session: Session) -> None:
    api.answer = lambda path, token: (200, json.dumps([path, token]).encode())
    assert session.call("GET", "/a") == ["/a", "Bearer token1"]
    assert session.call("POST", "/b", {"x": 1}) == ["/b", "Bearer token1"]


def test_an_expired_token_is_renewed(api: Api, session: Session) -> None:
    api.answer = lambda _path, token: (200, b'"fine"') if token == "Bearer token2" else (401, b"{}")
    assert session.call("GET", "/a") == "fine"
    assert api.tokens == 2


def test_a_password_that_changed_meanwhile_lets_in_again(api: Api) -> None:
    session = Session(api.url, "ana", lambda: api.password)
    assert session.call("GET", "/a") == {}
    api.password = "another"
    api.answer = lambda _path, token: (200, b'"fine"') if token == "Bearer token2" else (401, b"{}")
    assert session.call("GET", "/a") == "fine"
    session._pool.clear()


def test_the_error_of_the_server_is_in_the_message(api: Api, session: Session) -> None:
    api.answer = lambda _path, _token: (404, b'{"detail": "no such DAG"}')
    with pytest.raises(ApiError, match=r"GET http://127.0.0.1:\d+/a answered 404: no such DAG") as error:
        session.call("GET", "/a")
    assert error.value.status == 404


def test_what_was_sent_is_not_in_the_message(api: Api, session: Session) -> None:
    finding = {"loc": ["body", "password"], "msg": "too short", "input": {"password": "s3cret"}}
    api.answer = lambda _path, _token: (422, json.dumps({"detail": [finding]}).encode())
    with pytest.raises(ApiError, match=r"body\.password: too short") as error:
        session.call("PATCH", "/a", {"password": "s3cret"})
    assert "s3cret" not in str(error.value)


def test_a_wrong_password_is_not_in_the_message(api: Api, session: Session) -> None:
    api.password = "another"
    with pytest.raises(ApiError, match="does not let the user in: 401") as error:
        session.call("GET", "/a")
    assert PASSWORD not in str(error.value)


@pytest.mark.parametrize("data", [b"<html>oops</html>", b"", b'["oops"]'])
def test_an_error_without_a_document_is_an_error(api: Api, session: Session, data: bytes) -> None:
    api.answer = lambda _path, _token: (500, data)
    with pytest.raises(ApiError, match="answered 500"):
        session.call_anonymously("/a")


def test_an_empty_answer_is_nothing(api: Api, session: Session) -> None:
    api.answer = lambda _path, _token: (204, b"")
    assert session.call("POST", "/a") is None


def test_a_server_that_is_not_there_is_an_error_of_the_platform() -> None:
    with pytest.raises(PlatformError, match="does not answer: NewConnectionError"):
        Session("http://127.0.0.1:9", "ana", PASSWORD).call("GET", "/a")


def test_a_name_with_a_slash_stays_one_segment() -> None:
    assert segment("manual__2026-11-21T04:30:00+00:00/ä b") == "manual__2026-11-21T04%3A30%3A00%2B00%3A00%2F%C3%A4%20b"


def test_a_token_lets_in_without_a_password_and_is_not_renewed(api: Api) -> None:
    api.answer = lambda _path, token: (200, b"{}") if token == "Bearer given" else (401, b'{"detail": "expired"}')
    assert Session(api.url, token="given").call("GET", "/a") == {}
    with pytest.raises(ApiError, match="401: expired"):
        Session(api.url, token="old").call("GET", "/a")
    assert api.tokens == 0


@pytest.mark.parametrize("path", ["/page", "/moved"])
def test_what_is_no_airflow_is_told_so(api: Api, path: str) -> None:
    """A wrong address, or a page to sign in before it."""
    answers = {"/page": (200, b"<html>Sign in</html>"), "/moved": (302, b"")}
    api.answer = lambda path, _token: answers[path]
    session = Session(api.url, "airflow", PASSWORD)
    with pytest.raises(PlatformError, match=r"is not the API of Airflow|answered 302"):
        session.call("GET", path)
    with pytest.raises(PlatformError):
        session.call_anonymously(path)


def test_lines_come_one_by_one(api: Api, session: Session) -> None:
    api.answer = lambda _path, token: (200, b"one\ntwo\nthree") if token == "Bearer token2" else (401, b"{}")
    assert list(session.lines("/log", most_bytes=1000, seconds=5)) == [b"one", b"two", b"three"]
    assert api.tokens == 2


def test_lines_end_at_the_limit_of_bytes_and_of_time(api: Api, session: Session) -> None:
    api.answer = lambda _path, _token: (200, b"12345678\n" * 100_000)
    assert 1 < len(list(session.lines("/log", most_bytes=100_000, seconds=5))) < 30_000
    assert list(session.lines("/log", most_bytes=100_000, seconds=0)) == [b""]


def test_an_error_in_place_of_lines_is_an_error(api: Api, session: Session) -> None:
    api.answer = lambda _path, _token: (404, b'{"detail": "no such log"}')
    with pytest.raises(ApiError, match="404: no such log"):
        list(session.lines("/log", most_bytes=1000, seconds=5))
