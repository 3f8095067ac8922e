"""The process of an agent: its thread, its signals, its lines."""

import json
import os
import shlex
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

from airside.base import clock
from airside.cli.context import Context
from airside.delivery.following import Follower
from airside.platform.agent.endpoint import serve
from airside.platform.agent.events import Event
from airside.platform.agent.loop import Agent
from airside.platform.agent.options import Listen, Options

_LAST_WORDS = 0.5
"""Seconds that a request under way has to end after SIGTERM."""


def run_agent(context: Context, follower: Follower, options: Options, listen: Listen | None) -> int:
    """Run an agent until it is stopped; with `listen` None, until its folder is in step.

    Raises:
        AirsideError: It cannot start, or met one failure too many.
    """
    lines = Lines(as_json=context.output.as_json, quiet=context.output.quiet)
    agent = Agent(follower, options, lines.tell, clock.now)
    with ExitStack() as stack:
        stack.enter_context(agent.folder.alone())
        agent.folder.expose()
        facts: dict[str, object] = {"environment": follower.environment, "into": follower.root}
        if listen:
            facts["port"] = stack.enter_context(serve(agent, listen, clock.now))
        lines.tell(Event("started", facts=facts | {"tree": follower.current}))
        _run(agent, lines, once=listen is None)
    if listen is None:
        context.output.document(agent.snapshot.document(clock.now()))
        release = agent.snapshot.release
        context.output.done(f"{follower.root / 'current'} holds release {release} of {follower.environment!r}")
    return 0


def _run(agent: Agent, lines: "Lines", *, once: bool) -> None:
    """Run the loop in a thread: a signal is heard at once, whatever the store does not answer meanwhile."""
    ended, faults = threading.Event(), list[BaseException]()

    def work() -> None:
        try:
            agent.run(once=once)
        except BaseException as error:  # noqa: BLE001 - it is raised again, in the thread that can show it
            faults.append(error)
        finally:
            ended.set()

    thread = threading.Thread(target=work, name="airside-agent", daemon=True)
    with _signals(ended) as received:
        thread.start()
        ended.wait()
    agent.stop()
    thread.join(_LAST_WORDS)
    if received:
        lines.tell(Event("stopping", facts={"signal": received[0]}))
        # It may wait for the store, or copy files in the background. Whatever it was writing is never half
        # visible, so the process may end as it is.
        os._exit(0)
    if faults:
        raise faults[0]


@contextmanager
def _signals(ended: threading.Event) -> Iterator[list[str]]:
    """Set `ended` on SIGTERM and SIGINT meanwhile; yields a list that then holds the signal's name."""
    received: list[str] = []

    def hear(number: int, _frame: FrameType | None) -> None:
        received.append(signal.Signals(number).name)
        ended.set()

    former = {number: signal.signal(number, hear) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield received
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


class Lines:
    """One line on standard error for each event: ``time level=… event=… key=value …``, or a JSON document.

    Args:
        as_json: Print JSON.
        quiet: Print errors and warnings only.
    """

    def __init__(self, *, as_json: bool, quiet: bool) -> None:
        self._as_json = as_json
        self._quiet = quiet

    def tell(self, event: Event) -> None:
        """Print `event`."""
        if self._quiet and event.level == "info":
            return
        facts = {name: str(value) for name, value in event.facts.items() if value is not None}
        line = {"time": clock.to_text(clock.now()), "level": event.level, "event": event.name, **facts}
        sys.stderr.write(f"{json.dumps(line) if self._as_json else _logfmt(line)}\n")
        sys.stderr.flush()


def _logfmt(line: dict[str, str]) -> str:
    return " ".join(f"{name}={_quoted(value)}" for name, value in line.items())


def _quoted(value: str) -> str:
    return (
        value if value and shlex.quote(value) == value and "=" not in value else json.dumps(value, ensure_ascii=False)
    )
