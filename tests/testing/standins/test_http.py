import json
import time
from typing import Any

import pytest
import urllib3
from standing_in import Start, Write

from airside.base.errors import UsageError
from airside.testing import Reply, http
from airside.testing.standins import from_mapping


def _ask(url: str, method: str = "GET", body: bytes | None = None) -> tuple[int, bytes, dict[str, str]]:
    response = urllib3.request(method, url, body=body, retries=False)
    return response.status, response.data, dict(response.headers)


def test_a_route_answers_and_remembers(start: Start) -> None:
    running = start(http({"GET /v1/rates": {"eur": 1.1}, "POST /v1/orders": 201}, headers={"X-Test": "1"}))
    status, body, headers = _ask(f"{running.url}/v1/rates?day=2026-01-02")
    assert (status, json.loads(body), headers["Content-Type"], headers["X-Test"]) == (
        200,
        {"eur": 1.1},
        "application/json",
        "1",
    )
    assert _ask(f"{running.url}/v1/orders", "POST", b'{"n": 1}')[0] == 201
    first, second = running.requests()
    assert (first.method, first.path, dict(first.query), first.status) == (
        "GET",
        "/v1/rates",
        {"day": "2026-01-02"},
        200,
    )
    assert (second.json, second.status, second.is_expected) == ({"n": 1}, 201, True)
    assert running.requests("POST /v1/orders") == [second]
    assert running.requests("GET /v1/rates?day=2025-01-01") == []


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("/a", b"any"),
        ("/a?x=1&y=2", b"x"),
        ("/o/7", b"one"),
        ("/o/new", b"new"),
        ("/o/7/items", b"rest"),
        ("/o/", b"rest"),
    ],
)
def test_the_most_precise_route_answers(start: Start, asked: str, answer: bytes) -> None:
    routes = {"/o/*": "rest", "/o/{id}": "one", "GET /o/new": "new", "GET /a": "any", "GET /a?x=1": "x"}
    assert _ask(start(http(routes)).url + asked)[1] == answer


def test_replies_come_in_turn_and_the_last_one_again(start: Start) -> None:
    running = start(http({"GET /x": (Reply(503, headers={"Retry-After": "1"}), {"ok": True})}))
    assert [_ask(f"{running.url}/x")[0] for _ in range(3)] == [503, 200, 200]


def test_a_reply_is_a_status_a_text_a_file_or_late(start: Start, write: Write) -> None:
    folder = write({"x.json": '{"f": 1}'})
    spelled = {
        "GET /t": {"reply": {"text": "<a/>", "headers": {"Content-Type": "text/xml"}}},
        "GET /l": Reply(delay=0.2),
    }
    running = start(http({**spelled, "GET /f": folder / "x.json", "GET /n": {"reply": {"json": 7}}}))
    assert _ask(f"{running.url}/t")[1:][0] == b"<a/>"
    assert _ask(f"{running.url}/t")[2]["Content-Type"] == "text/xml"
    assert _ask(f"{running.url}/f")[1] == b'{"f": 1}'
    assert _ask(f"{running.url}/n")[1] == b"7"
    begun = time.perf_counter()
    _ask(f"{running.url}/l")
    assert time.perf_counter() - begun >= 0.2


def test_what_has_no_route_is_not_found_and_says_what_has_one(start: Start) -> None:
    running = start(http({"GET /x": "y"}))
    status, body, _ = _ask(f"{running.url}/z?a=1")
    assert (status, json.loads(body)) == (
        404,
        {"error": "The test gives no route for GET /z?a=1", "routes": ["GET /x"]},
    )
    assert _ask(f"{running.url}/x", "DELETE")[0] == 405
    assert _ask(f"{running.url}/x", "HEAD")[0] == 200
    assert [each.is_expected for each in running.requests()] == [False, False, True]


def test_two_connections_are_two_servers_and_the_next_test_hears_nothing_of_them(start: Start) -> None:
    one, two = start(http({"GET /": "1"}), "one"), start(http({"GET /": "2"}), "two")
    assert (_ask(one.url + "/")[1], _ask(two.url + "/")[1]) == (b"1", b"2")
    port = one.reached.connection["port"]
    one.close()
    again = start(http({"GET /": "3"}))
    assert again.reached.connection["port"] == port
    assert (again.requests(), _ask(again.url + "/")[1]) == ([], b"3")


def test_yaml_says_the_same(start: Start, write: Write) -> None:
    folder = write({"x.json": "[]"})
    routes: dict[str, Any] = {"GET /x": {"replies": [{"reply": {"status": 503}}, {"reply": {"path": "x.json"}}]}}
    running = start(from_mapping("http", {"routes": routes}, folder))
    assert [_ask(f"{running.url}/x")[:2] for _ in range(2)] == [(503, b""), (200, b"[]")]


@pytest.mark.parametrize(
    ("routes", "message"),
    [
        ({"rates": 1}, "'rates' is no route"),
        ({"FETCH /x": 1}, "'FETCH /x' is no route"),
        ({"GET /x": 7}, "7 is no status of HTTP, in the reply of the route GET /x of dwh"),
        ({"GET /x": {"reply": {"stauts": 3}}}, "The reply of the route GET /x of dwh cannot be read: .*stauts"),
        ({"GET /x": {"reply": {"path": "none"}}}, "The file 'none' for the route GET /x of dwh cannot be read"),
        ({"GET /x": {"replies": []}}, "The replies of the route GET /x of dwh are no list"),
    ],
)
def test_a_route_that_cannot_be_read_is_refused(start: Start, routes: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        start(http(routes))
