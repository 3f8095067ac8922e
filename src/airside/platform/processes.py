"""Finding and ending processes of the platform, whatever became of their parents."""

from collections.abc import Callable, Collection, Iterable
from pathlib import Path

import psutil

_GRACE_SECONDS = 5.0


def below(pid: int) -> list[psutil.Process]:
    """Return the process `pid` and all below it; none when there is no such process."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def inside(folders: Collection[Path]) -> list[psutil.Process]:
    """Return the processes that run in one of `folders`, and all below them.

    A component that has renamed itself (setproctitle) hides its environment and its arguments, but not where
    it runs. What it has started may run elsewhere.
    """
    wanted = {str(folder) for folder in folders}
    found = [process for process in psutil.process_iter() if _folder_of(process) in wanted]
    return list(dict.fromkeys(each for process in found for each in below(process.pid)))


def _folder_of(process: psutil.Process) -> str | None:
    try:
        return process.cwd()
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return None


def end(processes: Iterable[psutil.Process]) -> int:
    """End those of `processes` that live, politely and then not, and return how many there were."""
    living = [process for process in processes if process.is_running()]
    for process in living:
        _quietly(process.terminate)
    _, stubborn = psutil.wait_procs(living, timeout=_GRACE_SECONDS)
    for process in stubborn:
        _quietly(process.kill)
    psutil.wait_procs(stubborn, timeout=_GRACE_SECONDS)
    return len(living)


def _quietly(action: Callable[[], None]) -> None:
    try:
        action()
    except psutil.NoSuchProcess:  # it ended by itself
        return
