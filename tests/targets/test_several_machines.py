"""Several machines run tasks of one release, and go on when one of them, or the store, is lost.

Real rendered files, installed by the real script, under the real systemd, on machines of namespaces with disks of
their own.
"""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import machine_platform
import machines
import pytest
from machine_platform import WORKERS, Platform, until

pytestmark = pytest.mark.targets

BOTH = set(WORKERS)
PROMISE = 5.0
"""Seconds within which a deploy reaches all machines."""


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    if reason := machines.missing():
        pytest.skip(reason)
    with machine_platform.platform(tmp_path_factory.mktemp("machines")) as found:
        found.workspace.deploy("first")
        yield found


@pytest.fixture(autouse=True)
def every_machine(platform: Platform) -> None:
    """Put back what a test before has taken away."""
    platform.store.plug()
    for name in BOTH - platform.workers.keys():
        platform.add_worker(name)


def test_both_workers_run_tasks_of_one_release(platform: Platform) -> None:
    platform.workspace.deploy("shared")
    run = platform.start()
    platform.wait_for(run)
    results = platform.results(run)
    assert {machine for machine, _ in results} == BOTH
    assert {version for _, version in results} == {"shared"}


def test_workers_hold_nothing_that_only_the_control_host_needs(platform: Platform) -> None:
    for worker in platform.workers.values():
        assert "database_url" not in worker.run("ls", machine_platform.SECRETS).stdout
        assert worker.run("test", "-e", "/etc/airside/control.env", check=False).returncode == 1


def test_the_control_host_watches_for_alerts(platform: Platform) -> None:
    until(lambda: "event=source-answers source=airflow" in platform.control.journal("airside-alerts", lines=1000))


def test_logs_of_a_task_are_read_from_the_worker_that_ran_it(platform: Platform) -> None:
    run = platform.start()
    platform.wait_for(run)
    for part in platform.tasks(run):
        assert f"from {part['hostname']}" in platform.log(run, part)


def test_tasks_of_a_release_that_the_machines_have_go_on_without_the_store(platform: Platform) -> None:
    platform.workspace.deploy("cached")
    first = platform.start()
    platform.wait_for(first)
    assert {machine for machine, _ in platform.results(first)} == BOTH
    platform.store.unplug()
    run = platform.start()
    platform.wait_for(run)
    assert {machine for machine, _ in platform.results(run)} == BOTH
    assert {version for _, version in platform.results(run)} == {"cached"}
    platform.store.plug()
    platform.workspace.deploy("after the store came back")
    later = platform.start()
    platform.wait_for(later)
    assert {version for _, version in platform.results(later)} == {"after the store came back"}


def test_a_task_of_a_lost_machine_is_tried_again_on_the_other(platform: Platform) -> None:
    run, go_on = platform.start_held()
    first = platform.holder(run)
    assert first is not None
    platform.lose_worker(first["hostname"])
    lost = time.monotonic()
    until(lambda: (found := platform.holder(run)) is not None and found["try_number"] == 2)
    print(f"the second try began {time.monotonic() - lost:.1f} s after its machine was lost")  # noqa: T201 - a figure
    second = platform.holder(run)
    assert second is not None
    assert {first["hostname"], second["hostname"]} == BOTH
    go_on()
    platform.wait_for(run)
    assert {machine for machine, _ in platform.results(run)} == {second["hostname"]}


def test_a_deploy_reaches_both_machines_within_seconds_and_starts_nothing_again(platform: Platform) -> None:
    before = {name: machine.main_process("airside-worker-default") for name, machine in platform.workers.items()}
    generation = platform.generation
    with ThreadPoolExecutor(1) as pool:
        deploying = pool.submit(platform.workspace.deploy, "reached")
        until(lambda: platform.generation > generation)
        moved = datetime.now(UTC)
        deploying.result()
    served = (datetime.now(UTC) - moved).total_seconds()
    run = platform.start("probe")
    platform.wait_for(run, "probe")
    assert {version for _, version in platform.results(run, "look", "probe")} == {"reached"}
    first: dict[str, float] = {}
    for task in platform.tasks(run, "look", "probe"):
        seconds = (datetime.fromisoformat(task["start_date"]) - moved).total_seconds()
        first[task["hostname"]] = min(seconds, first.get(task["hostname"], seconds))
    print(f"served {served:.1f} s after the move; first tasks: {first}")  # noqa: T201 - the figures of the promise
    assert first.keys() == BOTH
    assert max(first.values()) < PROMISE or os.getloadavg()[0] > (os.cpu_count() or 1)
    after = {name: machine.main_process("airside-worker-default") for name, machine in platform.workers.items()}
    assert after == before


def test_a_run_keeps_its_release_on_both_machines_after_a_deploy(platform: Platform) -> None:
    platform.workspace.deploy("old")
    run, go_on = platform.start_held()
    platform.workspace.deploy("new")
    later = platform.start()
    platform.wait_for(later)
    assert {version for _, version in platform.results(later)} == {"new"}
    go_on()
    platform.wait_for(run)
    assert {version for _, version in platform.results(run)} == {"old"}
    assert {machine for machine, _ in platform.results(run)} == BOTH


def test_a_worker_that_is_stopped_ends_its_task_and_its_machine_takes_no_more(platform: Platform) -> None:
    run, go_on = platform.start_held()
    found = platform.holder(run)
    assert found is not None
    worker = platform.workers[found["hostname"]]
    worker.run("systemctl", "stop", "--no-block", "airside-worker-default")
    time.sleep(5)
    assert worker.main_process("airside-worker-default")
    go_on()
    platform.wait_for(run)
    assert [task["try_number"] for task in platform.tasks(run, "hold")] == [1]
    until(lambda: not worker.main_process("airside-worker-default"))
    assert {machine for machine, _ in platform.results(run)} == BOTH - {worker.name}
    worker.run("systemctl", "start", "airside-worker-default")


def test_everything_comes_back_after_the_scheduler_is_killed(platform: Platform) -> None:
    before = platform.control.main_process("airside-scheduler")
    platform.control.run("kill", "-9", str(before))
    until(lambda: platform.control.main_process("airside-scheduler") not in {0, before})
    run = platform.start()
    platform.wait_for(run)
    assert {version for _, version in platform.results(run)}
