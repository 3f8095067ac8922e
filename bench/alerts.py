"""What alerts cost the tasks and the scheduler of a local Airflow: none, channels that answer, dead channels.

`python -m bench.alerts [TASKS]`: in each case a storm of that many mapped tasks that fail (500), then tasks that do
nothing. What is without alerts is measured before and after the others: what its two halves differ by is noise.
"""

import json
import re
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from airflow_place import Place, until
from receiver import Receiver, receiving
from sealed import make_identity, seal

from airside.platform.http import segment
from airside.platform.ports import free_port

QUIET = 40
"""Tasks that do nothing, two at a time after each storm: the dead channels are still tried."""

MOST_MESSAGES = 3
MOST_SLOWER = 50.0
"""Milliseconds by which the median task, or turn of the scheduler, may take longer than without alerts."""

PATIENCE = 400.0
SETTLING = 3.0
"""Seconds in which a watcher has started, and has read how far Airflow is."""

CHANNELS = ("slack", "teams", "pager")
BEFORE, LIVE, DEAD, AFTER = STEPS = ("no alerts", "alerts", "dead channels", "no alerts again")
WORKFLOW_OF = {BEFORE: "none", LIVE: "live", DEAD: "dead", AFTER: "none"}

SETTINGS = """\
[workspace]
name = "bench"
[environments.dev]
[[alerts]]
workflows = ["*_live"]
channels = ["slack", "teams", "pager"]
[[alerts]]
workflows = ["*_dead"]
channels = ["slack-dead", "teams-dead", "pager-dead"]
[airflow.config.metrics]
statsd_on = "True"
statsd_port = "{port}"
metrics_allow_list = "scheduler.scheduler_loop_duration"
"""
WORKFLOWS = """\
from airflow.sdk import dag, task

def storm():
    @task
    def fail(number: int):
        raise RuntimeError(f"number {{number}}")
    fail.expand(number=list(range({tasks})))

def quiet():
    @task
    def nothing(number: int):
        pass
    nothing.expand(number=list(range({quiet})))

for name in ("none", "live", "dead"):
    dag("storm_" + name, schedule=None, max_active_tasks=32)(storm)()
    dag("quiet_" + name, schedule=None, max_active_tasks=2)(quiet)()
"""
TURN = re.compile(rb"scheduler\.scheduler_loop_duration:([0-9.]+)\|ms")


@dataclass(frozen=True, slots=True)
class Seen:
    """What was measured in one case, in milliseconds but for `run`.

    Attributes:
        failing: Of each task of the storm.
        succeeding: Of each task that does nothing.
        turns: Of each turn of the scheduler while there was the storm.
        run: Of the storm, in seconds.
    """

    failing: list[float] = field(default_factory=list)
    succeeding: list[float] = field(default_factory=list)
    turns: list[float] = field(default_factory=list)
    run: float = 0.0


class Turns:
    """Hears from Airflow, as StatsD does, how long each turn of the scheduler took."""

    def __init__(self) -> None:
        self.heard: list[float] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            self.heard += [float(found) for found in TURN.findall(self._socket.recv(65536))]


class Dead:
    """A port that takes every connection and never answers."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.taken: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            self.taken.append(self._listening.accept()[0])

    def connections(self) -> dict[str, Any]:
        """Return its channels, of the kinds that live ones are of."""
        channels = Receiver(self.url).connections()
        return {f"{channel}-dead": channels[channel] for channel in CHANNELS}


@contextmanager
def airflow(root: Path, tasks: int, turns: Turns, connections: dict[str, Any]) -> Iterator[Place]:
    """Run an Airflow that serves the workflows, and knows the channels."""
    identity = make_identity()
    Place.variables["SOPS_AGE_KEY_FILE"] = str(identity.write(root / "keys.txt"))
    place = Place(root / "flows", SETTINGS.format(port=turns.port))
    place.write("requirements.txt", "statsd\n")
    place.write("dags/storm.py", WORKFLOWS.format(tasks=tasks, quiet=QUIET))
    (place.root / "secrets").mkdir()
    (place.root / "secrets" / "dev.yaml").write_bytes(seal(json.dumps({"connections": connections}), identity))
    try:
        place.airside("up", "--detach", "--port", str(free_port(28700)))
        until(lambda: "storm_dead" in {each.id for each in place.client().workflows("dev")})
        yield place
    finally:
        place.airside("down")
        place.airside("clean")


def taken(place: Place, workflow: str) -> tuple[list[float], float]:
    """Run `workflow`, and return the milliseconds of each of its tasks, and the seconds of the run."""
    client = place.client()
    run = client.trigger(workflow, {})
    until(lambda: client.run_state(workflow, run).state in {"success", "failed"}, seconds=PATIENCE)
    path = f"/api/v2/dags/{workflow}/dagRuns/{segment(run)}"
    tasks: list[float] = []
    total = 1
    while len(tasks) < total:
        page = client.session.call("GET", f"{path}/taskInstances?order_by=id&limit=100&offset={len(tasks)}")
        tasks += [row["duration"] * 1000 for row in page["task_instances"]]
        total = page["total_entries"]
    return tasks, client.session.call("GET", path)["duration"]


def measured(place: Place, turns: Turns, case: str) -> Seen:
    """Have one case, with the watcher where it has one."""
    supervisor = place.platform().supervisor
    if place.component("alerts")["state"] == "running":
        supervisor.ask("stopProcess", "alerts")
    if case in {LIVE, DEAD}:
        supervisor.ask("startProcess", "alerts")
        time.sleep(SETTLING)
    before = len(turns.heard)
    failing, run = taken(place, f"storm_{WORKFLOW_OF[case]}")
    heard = turns.heard[before:]
    succeeding, _ = taken(place, f"quiet_{WORKFLOW_OF[case]}")
    return Seen(failing, succeeding, heard, run)


def slower(seen: Mapping[str, Seen]) -> Iterator[tuple[str, str, float, float]]:
    """Yield what was measured, the case, its median, and what that is above the case without alerts."""
    for what in ("failing", "succeeding", "turns"):
        without = median([*getattr(seen[BEFORE], what), *getattr(seen[AFTER], what)])
        for case in STEPS:
            own = median(getattr(seen[case], what))
            yield what, case, own, own - without


def show(seen: Mapping[str, Seen], messages: Mapping[str, int]) -> bool:
    """Print what was measured, and return whether every target was met."""
    tables = {
        "failing": "a task that fails",
        "succeeding": "a task that does nothing",
        "turns": "a turn of the scheduler",
    }
    print(f"{'median milliseconds':26}{'case':18}{'took':>8}{'more than without':>20}")
    is_met = max(messages.values()) <= MOST_MESSAGES and min(messages.values()) > 0
    for what, case, own, more in slower(seen):
        print(f"{tables[what]:26}{case:18}{own:8.0f}{more:+20.0f}")
        is_met &= case not in {LIVE, DEAD} or more <= MOST_SLOWER
    for case in STEPS:
        print(
            f"{'the storm, seconds':26}{case:18}{seen[case].run:8.0f}   {len(seen[case].turns)} turns of the scheduler"
        )
    for channel, number in messages.items():
        print(f"{'messages of the storm':26}{channel:18}{number:8}")
    return is_met


def main(tasks: int) -> int:
    """Measure, and return 1 where a target is missed."""
    turns, dead = Turns(), Dead()
    with tempfile.TemporaryDirectory(prefix="airside-bench-") as top, receiving() as receiver:
        with airflow(Path(top), tasks, turns, receiver.connections() | dead.connections()) as place:
            taken(place, "quiet_none")  # whatever is slow once
            seen = {case: measured(place, turns, case) for case in STEPS}
        is_met = show(seen, {channel: len(receiver.on(channel)) for channel in CHANNELS})
    print(f"{'tried in vain':26}{DEAD:18}{len(dead.taken):8}")
    return int(not (is_met and dead.taken))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
