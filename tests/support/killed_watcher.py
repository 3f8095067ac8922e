"""A watcher to be killed: `python killed_watcher.py FOLDER EVENTS` tells of so many events, and ends when all is told.

Its clock runs two hundred times as fast as any other.
"""

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from airside.alerts.engine import Engine
from airside.alerts.event import Event, Kind
from airside.alerts.ports import Channel
from airside.alerts.route import Route
from airside.alerts.state import StateFile
from airside.alerts.storm import Digest, Message
from airside.alerts.watcher import Inputs, Watcher
from airside.base.files import write_atomically

KINDS = (Kind.TASK_FAILED, Kind.RUN_FAILED, Kind.RUN_RECOVERED)


def happened(index: int) -> Event:
    """Return the event number `index`: three workflows break and recover by turns."""
    kind = KINDS[index % len(KINDS)]
    workflow = f"w{index // len(KINDS) % 3}"
    return Event(kind, "production", float(index), subject=workflow, run=f"r{index // 9}")


class Numbered:
    """Tells of the events that come after those that were settled, five at a time."""

    def __init__(self, cursor: Path, events: int) -> None:
        self._cursor, self._events = cursor, events
        self.settled = int(cursor.read_text()) if cursor.exists() else 0
        self._next = self.settled

    def poll(self) -> Sequence[Event]:
        self._next = min(self.settled + 5, self._events)
        # Two that were settled come again, as from a source that asks with an overlap.
        return [happened(index) for index in range(max(self.settled - 2, 0), self._next)]

    def settle(self) -> None:
        write_atomically(self._cursor, str(self._next).encode())
        self.settled = self._next


def main(folder: Path, events: int) -> None:
    source = Numbered(folder / "cursor", events)
    told = os.open(folder / "told", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def send(channel: Channel, message: Message, remembered: Mapping[str, str]) -> Mapping[str, str]:
        notices = message.notices if isinstance(message, Digest) else (message,)
        line = [[notice.key, notice.state, notice.event.at] for notice in notices]
        os.write(told, f"{json.dumps([channel.connection, line])}\n".encode())
        return {"ts": "1"}

    file = StateFile(folder)
    routes = [Route(name="r", channels=("chat", "pager"))]
    with file.alone():
        engine = Engine(routes, send, lambda: (time.time() - 1.7e9) * 200, file, lambda _: None)

        class Ending(Numbered):
            def poll(self) -> Sequence[Event]:
                found = super().poll()
                if self.settled == events and not any(channel.undelivered for channel in engine.channels):
                    watcher.stop()
                return found

        source = Ending(folder / "cursor", events)
        watcher = Watcher(engine, Inputs({"numbered": source}, lambda event: event, tuple), 0.005, lambda _: None)
        watcher.run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
