"""Each work once more through a proxy: how many requests and bytes it takes."""

from collections.abc import Callable, Container, Iterator, Mapping

from bench.releases.counting import Proxy, Traffic
from bench.releases.hosts import Hosts
from bench.releases.stage import Stage
from bench.releases.table import CHANGE, COLD, FIRST, ONE_FILE, OURS, POLL, S3, WARM

Counted = tuple[tuple[str, str], Callable[[], object]]


def traffic(
    stage: Stage, hosts: Hosts, proxy: Proxy, *, number: int, left_out: Container[tuple[str, str]] = ()
) -> Mapping[tuple[str, str], Traffic]:
    """Return what each work sent and received, by work and by whose; changes the file `number`."""
    found = {}
    for key, work in _works(stage, hosts, number):
        if key in left_out:
            continue
        proxy.taken()
        work()
        found[key] = proxy.taken()
    return found


def _works(stage: Stage, hosts: Hosts, number: int) -> Iterator[Counted]:
    new, name = hosts.new, f"counted-{stage.count}"
    yield (FIRST, OURS), lambda: new["publish"].start(stage.publication("first-counted", counted=True))
    pinned, plain = stage.ours(name, pinned=True, counted=True), stage.s3(name, counted=True)
    yield (COLD, S3), lambda: new["s3"].start(plain)
    listed = stage.s3(f"tracking-{stage.count}-0", counted=True)
    yield (WARM, S3), lambda: new["s3"].start(listed)
    for work in (COLD, WARM):
        yield (work, OURS), lambda: new["airside"].start(pinned)
    ours, s3 = hosts.held["airside"], hosts.held["s3"]
    ours.hold(stage.ours(name, counted=True))
    s3.hold(listed)
    yield (POLL, OURS), ours.refresh
    yield (POLL, S3), s3.refresh
    file, line = stage.change(number)
    yield (ONE_FILE, OURS), lambda: new["publish"].start(stage.publication(counted=True))
    stage.spread(file)
    yield (CHANGE, OURS), lambda: ours.refresh(file, line)
    yield (CHANGE, S3), lambda: s3.refresh(file, line)
