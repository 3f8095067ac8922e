"""The loop of an agent: look, serve, run the command, tidy up, wait. One thread runs it."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from airside.base.digest import Digest
from airside.base.errors import AirsideError, FindingsError, UnknownEnvironmentError
from airside.delivery.following import Followed, Follower
from airside.platform.agent.events import Event, Tell
from airside.platform.agent.folder import ServedFolder
from airside.platform.agent.hook import Hook
from airside.platform.agent.metrics import Metrics
from airside.platform.agent.options import Options
from airside.platform.agent.pausing import Pauses
from airside.platform.agent.snapshot import Snapshot

_LEAST_PAUSE = 0.2
"""Seconds between two looks, however often a refresh is asked for."""

_FIRST_PAUSE = 1.0


class HookError(FindingsError):
    """The command after a change failed more often than is borne."""


class Agent:
    """Keeps a folder in step with an environment.

    `run` is for one thread. `refresh`, `stop`, `snapshot` and `metrics` may be used from any.

    Args:
        follower: What it follows, and where to.
        options: How.
        tell: Is told each change of state.
        now: Returns the time.
    """

    def __init__(self, follower: Follower, options: Options, tell: Tell, now: Callable[[], datetime]) -> None:
        self._folder = ServedFolder(follower, now)
        self._follower = follower
        self._options = options
        self._tell = tell
        self._now = now
        self._hook = Hook(options.hook, options.hook_timeout) if options.hook else None
        self._wake = threading.Event()
        self._stopping = False
        self._looks, self._runs = Pauses(min(_FIRST_PAUSE, options.interval)), Pauses(_FIRST_PAUSE)
        self._hook_due = 0.0
        self._examined: Digest | None = None
        self._is_damaged, self._is_stale = False, False
        self._looked = 0.0
        self.snapshot = Snapshot(
            environment=follower.environment, stale_after=timedelta(seconds=options.stale_after), tree=follower.current
        )
        self.metrics = Metrics(lambda: self.snapshot.is_stale(now()))

    @property
    def folder(self) -> ServedFolder:
        """What it keeps in step."""
        return self._folder

    def refresh(self) -> None:
        """Look now."""
        self._wake.set()

    def stop(self) -> None:
        """End `run` as soon as what it waits for lets it."""
        self._stopping = True
        if self._hook:
            self._hook.stop()
        self._wake.set()

    def run(self, *, once: bool) -> None:
        """Keep the folder in step until `stop` is called; with `once`, until it is in step.

        Raises:
            AirsideError: More failures in a row than are borne; the last one.
        """
        self._show()
        while not self._stopping:
            pause = self._turn()
            if once and not self._looks.failures and not self._runs.failures:
                return
            self._follower.make_spare()
            self._wait(pause)

    def _turn(self) -> float:
        """Look once, do what follows from it, and return the seconds to wait."""
        start = self._looked = time.monotonic()
        try:
            followed = self._sync()
            seconds = time.monotonic() - start
            self.metrics.synced("changed" if followed.flipped else "unchanged", seconds)
            self._succeeded(followed, seconds)
            return min(self._options.interval, self._run_hook())
        except HookError:
            raise
        except AirsideError as error:
            self.metrics.synced("failed", time.monotonic() - start)
            return self._failed(error)

    def _sync(self) -> Followed:
        followed = self._follower.poll(patience=None)
        if followed.pointer is None:
            raise UnknownEnvironmentError(f"Nothing was ever deployed to {self._follower.environment!r}")
        self._heal()
        for tree in self._folder.tidy(self._options.keep, self._options.grace):
            self._tell(Event("removed", facts={"tree": tree}))
        return followed

    def _heal(self) -> None:
        """Look at what is served, at every byte when it is new here, and fetch it again where it was harmed."""
        tree = self._follower.current
        if not self._folder.is_whole(to_the_byte=self._examined != tree):
            if not self._is_damaged:
                self._tell(Event("damaged", "warning", {"tree": tree}))
            self._is_damaged = True
            self._folder.mend()
            self._tell(Event("mended", facts={"tree": tree}))
        self._examined, self._is_damaged = tree, False

    def _succeeded(self, followed: Followed, seconds: float) -> None:
        pointer = followed.pointer
        if pointer is None:
            return
        if failures := self._looks.succeeded():
            self._tell(Event("recovered", facts={"failures": failures}))
        self._is_stale = False
        moved = (pointer.release, pointer.generation) != (self.snapshot.release, self.snapshot.generation)
        self._show(release=pointer.release, generation=pointer.generation, failure=None, failures=0)
        if moved or followed.flipped:
            facts = {"tree": pointer.tree, "release": pointer.release, "generation": pointer.generation}
            name = "synced" if followed.flipped else "confirmed"
            self._tell(Event(name, facts=facts | {"seconds": round(seconds, 3)}))

    def _failed(self, error: AirsideError) -> float:
        pause = self._looks.failed()
        failures = self._looks.failures
        is_news = self.snapshot.failure != error.message
        self._show(failure=error.message, failures=failures)
        if is_news:
            facts = {"reason": error.message, "hint": error.hint, "serving": self._follower.current}
            self._tell(Event("failing", "error", facts))
        if self.snapshot.tree and not self._is_stale and self.snapshot.is_stale(self._now()):
            self._is_stale = True
            self._tell(Event("stale", "error", {"reason": self.snapshot.illness(self._now())}))
        if self._is_too_much(failures):
            raise error
        return pause

    def _is_too_much(self, failures: int) -> bool:
        return self._options.max_failures is not None and failures > self._options.max_failures

    def _run_hook(self) -> float:
        """Run the command if it did not succeed for this tree yet; return the seconds until it may be needed again."""
        tree, remaining = self._follower.current, self._hook_due - time.monotonic()
        if self._hook is None or tree is None or self._folder.memory.read().hooked == tree:
            return self._options.interval
        if remaining > 0 or self._stopping:
            return max(remaining, _LEAST_PAUSE)
        if fault := self._hook.run(self._variables(tree)):
            return self._hook_failed(tree, fault)
        self._folder.note_hooked(tree)
        self._hook_due = 0.0
        self.metrics.hooked("succeeded")
        self._tell(Event("hook-ran", facts={"tree": tree, "failures": self._runs.succeeded()}))
        self._show(hook_failure=None)
        return self._options.interval

    def _hook_failed(self, tree: Digest, fault: str) -> float:
        pause = self._runs.failed()
        self._hook_due = time.monotonic() + pause
        self.metrics.hooked("failed")
        if fault != self.snapshot.hook_failure and not self._stopping:
            self._tell(Event("hook-failing", "error", {"reason": fault, "tree": tree}))
        self._show(hook_failure=fault)
        if self._is_too_much(self._runs.failures) and not self._stopping:
            raise HookError(f"The command after a change failed: {fault}", hint="It runs again at the next start.")
        return pause

    def _variables(self, tree: Digest) -> dict[str, str]:
        return {
            "AIRSIDE_TREE": tree,
            "AIRSIDE_RELEASE": self.snapshot.release or "",
            "AIRSIDE_ENVIRONMENT": self._follower.environment,
        }

    def _show(self, **changes: object) -> None:
        known = {"tree": self._follower.current, "confirmed_at": self._follower.confirmed_at}
        self.snapshot = replace(self.snapshot, **(known | changes))  # type: ignore[arg-type] # by name, as declared
        self.metrics.show(self.snapshot)

    def _wait(self, seconds: float) -> None:
        if self._stopping:
            return
        asked = self._wake.wait(seconds)
        self._wake.clear()
        if asked and not self._stopping:
            time.sleep(max(0.0, self._looked + _LEAST_PAUSE - time.monotonic()))
