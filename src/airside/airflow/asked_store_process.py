"""The other process of `AskedStore`, as a program: `python -m airside.airflow.asked_store_process`.

It ends when its standard input does, and so with the process that has started it. It imports nothing of Airflow.
"""

import signal
import sys

import msgspec

from airside.airflow.asked_store import Answer, Place, Question, receive, send
from airside.base.errors import AirsideError
from airside.store.opening import open_store
from airside.store.port import Found, Revision, Store, Unchanged


def main() -> None:
    """Answer questions about one store until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever has started it, which then ends the input
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    if (data := receive(questions)) is None:
        return
    place = msgspec.msgpack.decode(data, type=Place)
    opened: Store | None = None
    while (data := receive(questions)) is not None:
        question = msgspec.msgpack.decode(data, type=Question)
        try:
            opened = opened or open_store(place.url, place.options)
            answer = _answer(opened, question)
        except AirsideError as error:
            answer = Answer(error=type(error).__name__, message=error.message, hint=error.hint)
        send(answers, answer)


def _answer(store: Store, question: Question) -> Answer:
    unless = Revision(question.token, question.version) if question.token is not None else None
    found = store.read(question.key, limit=question.limit, unless=unless)
    if found is Unchanged.UNCHANGED:
        return Answer(unchanged=True)
    if isinstance(found, Found):
        return Answer(data=found.data, token=found.revision.token, version=found.revision.version)
    return Answer()


if __name__ == "__main__":
    main()
