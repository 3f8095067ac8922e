"""What alerts cost the tasks and the scheduler of a local Airflow: none, channels that answer, dead channels.

`python -m bench.alerts [TASKS]`: rounds in which each of the three cases has a small storm of mapped tasks that fail,
then tasks that do nothing; at last one storm of TASKS (500), of which the messages are counted. The cases of one round
are compared with each other, for a machine has better and worse minutes.
"""

import json
import os
import re
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from airflow_place import Place, until
from receiver import Receiver, receiving
from sealed import make_identity, seal

from airside.platform.http import segment
from airside.platform.ports import free_port

ROUNDS = 5
FAILING = 16
"""Tasks of a small storm."""

AT_A_TIME = os.cpu_count() or 1
"""Of its tasks. With more than there are cores each task lasts as long as it waits for one, which tells nothing."""

QUIET = 10
"""Tasks that do nothing, two at a time after each storm: the dead channels are still tried."""

MOST_MESSAGES = 3
MOST_SLOWER = 50.0
"""Milliseconds by which the median task, or turn of the scheduler, may take longer than without alerts."""

PATIENCE = 600.0
SETTLING = 3.0
"""Seconds in which a watcher has started, and has read how far Airflow is."""

CHANNELS = ("slack", "teams", "pager")
NONE, LIVE, DEAD = CASES = ("none", "live", "dead")
MEASURED = {
    "failing": "a task that fails",
    "quiet": "a task that does nothing",
    "turns": "a turn of the scheduler",
}

SETTINGS = """\
[workspace]
name = "bench"
[environments.dev]
[[alerts]]
workflows = ["flood"]
channels = ["slack-storm", "teams-storm", "pager-storm"]
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

def storm(name, tasks, at_a_time):
    @task
    def fail(number: int):
        raise RuntimeError(f"number {{number}}")
    dag(name, schedule=None, max_active_tasks=at_a_time)(lambda: fail.expand(number=list(range(tasks))))()

def quiet(name):
    @task
    def nothing(number: int):
        pass
    dag(name, schedule=None, max_active_tasks=2)(lambda: nothing.expand(number=list(range({quiet}))))()

for case in ("none", "live", "dead"):
    quiet("quiet_" + case)
    for number in range({rounds}):  # a storm of its own has an incident of its own
        storm(f"storm_{{number}}_{{case}}", {failing}, {at_a_time})
storm("flood", {flood}, 32)
"""
TURN = re.compile(rb"scheduler\.scheduler_loop_duration:([0-9.]+)\|ms")


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
    sizes = {"flood": tasks, "failing": FAILING, "at_a_time": AT_A_TIME, "quiet": QUIET, "rounds": ROUNDS}
    place.write("dags/storm.py", WORKFLOWS.format(**sizes))
    (place.root / "secrets").mkdir()
    (place.root / "secrets" / "dev.yaml").write_bytes(seal(json.dumps({"connections": connections}), identity))
    try:
        place.airside("up", "--detach", "--port", str(free_port(28700)))
        until(lambda: "flood" in {each.id for each in place.client().workflows("dev")})
        yield place
    finally:
        place.airside("down")
        place.airside("clean")


def run_of(place: Place, workflow: str) -> str:
    """Run `workflow` to its end, and return the id of the run."""
    client = place.client()
    run = client.trigger(workflow, {})
    until(lambda: client.run_state(workflow, run).state in {"success", "failed"}, seconds=PATIENCE)
    return run


def rows_of(place: Place, workflow: str, run: str) -> list[dict[str, Any]]:
    """Return all task instances of a run."""
    path = f"/api/v2/dags/{workflow}/dagRuns/{segment(run)}/taskInstances?order_by=id&limit=100"
    rows: list[dict[str, Any]] = []
    total = 1
    while len(rows) < total:
        page = place.client().session.call("GET", f"{path}&offset={len(rows)}")
        rows += page["task_instances"]
        total = page["total_entries"]
    return rows


def succeeded(place: Place, workflow: str) -> list[float]:
    """Run `workflow`, and return the milliseconds of each of its tasks."""
    return [row["duration"] * 1000 for row in rows_of(place, workflow, run_of(place, workflow))]


def failed(place: Place, workflow: str) -> list[float]:
    """Run `workflow`, and return the milliseconds from the start of each of its tasks to the last line of its log.

    What Airflow takes for the end of a task that fails is when its supervisor has noticed: where another task was
    forked meanwhile and holds its sockets, that is at the next heartbeat, 5 s later
    (airflow/sdk/execution_time/supervisor.py 3.3.2).
    """
    run = run_of(place, workflow)
    times = []
    for row in rows_of(place, workflow, run):
        path = f"/api/v2/dags/{workflow}/dagRuns/{segment(run)}/taskInstances/{row['task_id']}/logs/1"
        lines = place.client().session.call("GET", f"{path}?map_index={row['map_index']}")["content"]
        ended = max(datetime.fromisoformat(line["timestamp"]) for line in lines if line.get("timestamp"))
        times.append((ended - datetime.fromisoformat(row["start_date"])).total_seconds() * 1000)
    return times


def watch(place: Place, *, wanted: bool) -> None:
    """Start what sends alerts, or stop it."""
    supervisor = place.platform().supervisor
    if wanted != (place.component("alerts")["state"] == "running"):
        supervisor.ask("startProcess" if wanted else "stopProcess", "alerts")
        time.sleep(SETTLING)


def measured(place: Place, turns: Turns, case: str, number: int) -> dict[str, float]:
    """Have one case of one round, and return the medians of what was measured."""
    watch(place, wanted=case != NONE)
    heard = len(turns.heard)
    found = {"failing": failed(place, f"storm_{number}_{case}"), "turns": turns.heard[heard:]}
    found["quiet"] = succeeded(place, f"quiet_{case}")
    return {what: median(found[what]) for what in MEASURED}


def one_round(place: Place, turns: Turns, number: int) -> dict[str, dict[str, float]]:
    """Have each case, in another order each round, and print what was found."""
    first = number % len(CASES)
    found = {case: measured(place, turns, case, number) for case in (*CASES[first:], *CASES[:first])}
    for case in CASES:
        told = "".join(f"{what} {found[case][what]:5.0f} ms  " for what in MEASURED)
        print(f"round {number + 1}  {case:6}{told}", flush=True)
    return found


def show(rounds: Sequence[Mapping[str, Mapping[str, float]]]) -> bool:
    """Print the medians of the rounds, and return whether every target was met."""
    is_met = True
    print(
        f"\n{'median milliseconds':26}{'none':>8}{'live':>8}{'dead':>8}{'live - none':>14}{'dead - none':>14}  rounds"
    )
    for what, name in MEASURED.items():
        own = "".join(f"{median(found[case][what] for found in rounds):8.0f}" for case in CASES)
        more = {case: [found[case][what] - found[NONE][what] for found in rounds] for case in (LIVE, DEAD)}
        differences = "".join(f"{median(each):+14.0f}" for each in more.values())
        spread = ", ".join(f"{min(each):+.0f} to {max(each):+.0f}" for each in more.values())
        print(f"{name:26}{own}{differences}  {spread}")
        is_met &= all(median(each) <= MOST_SLOWER for each in more.values())
    return is_met


def flood(place: Place, receiver: Receiver) -> bool:
    """Have the large storm, print how many messages came of it, and return whether they are few."""
    watch(place, wanted=True)
    began = time.monotonic()
    number = len(rows_of(place, "flood", run_of(place, "flood")))
    print(f"\n{number} failing tasks in {time.monotonic() - began:.0f} s")
    time.sleep(SETTLING)
    messages = {channel: len(receiver.on(f"{channel}-storm")) for channel in CHANNELS}
    print("messages: " + ", ".join(f"{channel} {count}" for channel, count in messages.items()))
    return all(0 < count <= MOST_MESSAGES for count in messages.values())


def main(tasks: int) -> int:
    """Measure, and return 1 where a target is missed."""
    turns, dead = Turns(), Dead()
    with tempfile.TemporaryDirectory(prefix="airside-bench-") as top, receiving() as receiver:
        connections = receiver.connections() | dead.connections()
        with airflow(Path(top), tasks, turns, connections) as place:
            run_of(place, "quiet_none")  # whatever is slow once
            rounds = [one_round(place, turns, number) for number in range(ROUNDS)]
            is_slow, is_calm = not show(rounds), flood(place, receiver)
        told = all(receiver.on(channel) for channel in CHANNELS)
    print(f"requests that were never answered: {len(dead.taken)}")
    return int(is_slow or not (is_calm and told and dead.taken))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
