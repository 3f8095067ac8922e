"""Running a DAG object that a test has made itself: it cannot be sent anywhere, so the process of the test is forked.

The fork is not the run: it watches over the run's own process, as the one does that forks for DAG files.
"""

import contextlib
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import msgspec

from airside.inspection import kernel
from airside.inspection.facts import Failure
from airside.inspection.protocol import Limits
from airside.testing.processes.conversation import Conversation
from airside.testing.processes.work import Work


def do(work: Work, dag: Any, limits: Limits, seconds: float) -> bytes | Failure:
    """Have a piece of work done on a DAG object, and return what it returned, or why it did not."""
    # Airflow is here already: the test has made a DAG.
    from airside.testing.processes import doing, life  # noqa: F401, PLC0415 - a test without a DAG object has no Airflow

    scratch = tempfile.mkdtemp(prefix="airside-test-")
    doing.hold(dag)
    try:
        with _forked(limits) as conversation:
            answer = conversation.ask(msgspec.structs.replace(work, scratch=scratch, files=()), seconds)
    finally:
        doing.hold(None)
        shutil.rmtree(scratch, ignore_errors=True)
    return answer if answer is not None else Failure(kind="crash", message="the process that starts it was ended")


@contextmanager
def _forked(limits: Limits) -> Iterator[Conversation]:
    requests, to = os.pipe()
    answers_from, answers = os.pipe()
    with warnings.catch_warnings():
        # The stand-ins have threads. None of their locks is touched on the other side.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        os.close(to)
        os.close(answers_from)
        _serve(requests, answers, limits)
    os.close(requests)
    os.close(answers)
    try:
        yield Conversation(to, answers_from)
    finally:
        os.close(to)
        os.close(answers_from)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


def _serve(requests: int, answers: int, limits: Limits) -> NoReturn:
    from airside.inspection.server import Server, Trade  # noqa: PLC0415 - as above
    from airside.testing.processes.life import live  # noqa: PLC0415 - as above

    try:
        kernel.die_with_parent()
        kernel.adopt_orphans()
        Server(requests, answers, limits, Trade(live)).serve()
    finally:
        os._exit(0)
