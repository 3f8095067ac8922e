"""What Prometheus is told of an agent, in a registry of its own."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from airside.platform.agent.snapshot import Snapshot

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """The metrics of one agent.

    Args:
        is_stale: Tells, when it is asked, whether what is served is stale.
    """

    def __init__(self, is_stale: Callable[[], bool]) -> None:
        self._registry = CollectorRegistry()
        self._generation = self._gauge("generation", "Generation of the pointer that is served.")
        self._last = self._gauge("last_success_timestamp_seconds", "When the store last confirmed what is served.")
        self._gauge("stale", "1 when the store has confirmed nothing for too long.").set_function(is_stale)
        self._syncs = self._counter("syncs", "Looks at the environment.", ("changed", "unchanged", "failed"))
        self._hooks = self._counter("hook_runs", "Runs of the command after a change.", ("succeeded", "failed"))
        self._duration = Histogram(
            "airside_agent_sync_duration_seconds", "One look.", buckets=_BUCKETS, registry=self._registry
        )

    def synced(self, result: str, seconds: float) -> None:
        """Count a look; `result` is `changed`, `unchanged` or `failed`."""
        self._syncs.labels(result).inc()
        self._duration.observe(seconds)

    def hooked(self, result: str) -> None:
        """Count a run of the command; `result` is `succeeded` or `failed`."""
        self._hooks.labels(result).inc()

    def show(self, snapshot: Snapshot) -> None:
        """Take over the state."""
        self._generation.set(snapshot.generation or 0)
        self._last.set(snapshot.confirmed_at.timestamp() if snapshot.confirmed_at else 0)

    def text(self) -> bytes:
        """Return the page that Prometheus reads."""
        return generate_latest(self._registry)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(f"airside_agent_{name}", text, registry=self._registry)

    def _counter(self, name: str, text: str, results: tuple[str, ...]) -> Counter:
        counter = Counter(f"airside_agent_{name}", text, ["result"], registry=self._registry)
        for result in results:
            counter.labels(result)  # shown as 0 from the beginning, so that a rate can be computed
        return counter
