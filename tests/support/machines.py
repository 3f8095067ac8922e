"""Several machines on this one: each has a systemd, a disk, a network card, a name and processes of its own.

A machine is a set of Linux namespaces. Its disk is an overlay: it sees what is installed here, and what it writes
is its own and is gone with it. Machines are plugged into one switch, in a namespace as well, and so is this one.
Units run as they do anywhere: real units under the real systemd, as their account, with their hardening.
"""

import ipaddress
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_BOOT = Path(__file__).with_name("machine_boot.sh")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_PROGRAMS = ("unshare", "nsenter", "ip", "mount", "systemctl")
_BOOTED_WITHIN = 60.0
_RANGE = ipaddress.ip_network("198.18.0.0/15")
"""For tests of networks (RFC 2544): no machine has such an address."""


def missing() -> str | None:
    """Return why there can be no machines here; None where there can."""
    if os.geteuid() != 0:
        return "machines are made by root"
    if absent := [name for name in _PROGRAMS if shutil.which(name) is None]:
        return f"there is no {', '.join(absent)}"
    if not Path("/lib/systemd/systemd").exists():
        return "there is no systemd"
    if _cgroups() is None:
        return "there is no cgroup2 file system that can be written"
    if "overlay" not in Path("/proc/filesystems").read_text():
        return "the kernel has no overlay file system"
    return None


@dataclass(frozen=True)
class Machine:
    """A machine that runs.

    Attributes:
        name: Its host name, by which the others find it.
        address: Its address on the network.
        process: Its systemd, as this machine numbers it.
        port: Its end of the cable, at the switch.
        switch: The process that keeps the switch.
    """

    name: str
    address: str
    process: int
    port: str
    switch: int

    def command(
        self, *words: str, variables: Mapping[str, str] | None = None, network: bool = True, user: str = "root"
    ) -> list[str]:
        """Return the command line that runs `words` there; `network=False` leaves it the network of this machine."""
        enter = ["nsenter", f"--target={self.process}", "-m", "-p", "-u", "-i", *(["-n"] if network else [])]
        given = {"PATH": _PATH, "HOME": "/root", "LANG": "C.UTF-8"} | dict(variables or {})
        account = ["runuser", "-u", user, "--"] if user != "root" else []
        return [*enter, "env", "-i", *(f"{k}={v}" for k, v in given.items()), *account, *words]

    def run(
        self,
        *words: str,
        check: bool = True,
        stdin: str = "",
        variables: Mapping[str, str] | None = None,
        network: bool = True,
        user: str = "root",
        seconds: float = 300,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command there, and return how it ended."""
        done = subprocess.run(
            self.command(*words, variables=variables, network=network, user=user),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )
        assert not check or done.returncode == 0, f"{self.name}: {words} ended with {done}"
        return done

    def write(self, path: str, content: str, *, mode: str = "644", owner: str = "root:root") -> None:
        """Write a file there, and the folders that it is in."""
        account, group = owner.split(":")
        arguments = ["-D", "-m", mode, "-o", account, "-g", group, "/dev/stdin", path]
        self.run("install", *arguments, stdin=content)

    def read(self, path: str) -> str:
        """Return the text of a file there."""
        return self.run("cat", path).stdout

    def service(self, name: str, *words: str, user: str = "root", properties: Sequence[str] = ()) -> None:
        """Start a service that lasts as long as the machine."""
        given = [f"--property={each}" for each in (f"User={user}", *properties)]
        self.run("systemd-run", f"--unit={name}", "--collect", *given, "--", *words)

    def is_active(self, unit: str) -> bool:
        """Return whether a unit runs."""
        return self.run("systemctl", "is-active", unit, check=False).stdout.strip() == "active"

    def main_process(self, unit: str) -> int:
        """Return the main process of a unit as the machine numbers it; 0 where there is none."""
        return int(self.run("systemctl", "show", "--property=MainPID", "--value", unit).stdout)

    def journal(self, unit: str, lines: int = 60) -> str:
        """Return what a unit has said last."""
        return self.run("journalctl", "--no-pager", "-u", unit, "-n", str(lines), check=False).stdout

    def unplug(self) -> None:
        """Pull the cable out: nothing reaches the machine, and it reaches nothing."""
        _ip(f"link set {self.port} down", self.switch)

    def plug(self) -> None:
        """Put the cable back."""
        _ip(f"link set {self.port} up", self.switch)

    def lose(self) -> None:
        """Take the power away: every process is gone at once, and says goodbye to nobody."""
        with suppress(ProcessLookupError):
            os.kill(self.process, 9)


class Network:
    """A switch, and the machines that are plugged into it."""

    def __init__(self, folder: Path, names: Sequence[str], stack: ExitStack) -> None:
        self._folder = folder
        self._names = list(names)
        self._stack = stack
        self._subnet = _free_subnet()
        holder = stack.enter_context(_process("unshare", "--net", "sleep", "infinity"))
        self._switch = holder.pid
        own = Path("/proc/self/ns/net").readlink()
        _until(lambda: Path(f"/proc/{holder.pid}/ns/net").readlink() != own)
        _ip("link add switch type bridge", self._switch)
        _ip("link set switch up", self._switch)
        self._plug_in_this_machine()

    def address(self, name: str) -> str:
        """Return the address that a machine has, or will have."""
        return str(self._subnet[self._names.index(name) + 1])

    @property
    def own_address(self) -> str:
        """The address of this machine on that network."""
        return str(self._subnet[254])

    @cached_property
    def hosts(self) -> str:
        """What `/etc/hosts` of every machine says."""
        lines = ["127.0.0.1 localhost", *(f"{self.address(name)} {name}" for name in self._names)]
        return "\n".join(lines)

    def boot(self, name: str, shared: Mapping[Path, str] | None = None) -> Machine:
        """Start a machine, and wait until its systemd has.

        Args:
            name: One of the names that the network was made for.
            shared: Folders of this machine, and where it has them.
        """
        place = self._folder / name
        place.mkdir(exist_ok=True)
        group = self._stack.enter_context(_cgroup(f"airside-{secrets.token_hex(4)}"))
        folders = [str(each) for pair in (shared or {}).items() for each in pair]
        boot = ["bash", str(_BOOT), str(place), name, self.hosts, *folders]
        unshare = ["unshare", "--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup", "--fork", "--kill-child"]
        enter = ["bash", "-c", 'echo $$ >"$0/cgroup.procs" && exec "$@"', str(group), *unshare]
        process = self._stack.enter_context(_process(*enter, *boot, log=self._folder / f"{name}.log"))
        systemd = _child(process.pid)
        machine = Machine(name, self.address(name), systemd, f"to-{name}"[:15], self._switch)
        self._plug_in(machine)
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.close()
        _until(lambda: _is_up(machine), seconds=_BOOTED_WITHIN)
        return machine

    def _plug_in(self, machine: Machine) -> None:
        _ip(f"link add {machine.port} type veth peer name eth0 netns {machine.process}", self._switch)
        _ip(f"link set {machine.port} master switch up", self._switch)
        _ip(f"addr add {machine.address}/24 dev eth0", machine.process)
        _ip("link set eth0 up", machine.process)

    def _plug_in_this_machine(self) -> None:
        own = f"air{secrets.token_hex(4)}"
        _ip(f"link add {own} type veth peer name to-tests netns {self._switch}", None)
        self._stack.callback(subprocess.run, ["ip", "link", "del", own], check=False, capture_output=True)
        _ip("link set to-tests master switch up", self._switch)
        _ip(f"addr add {self.own_address}/24 dev {own}", None)
        _ip(f"link set {own} up", None)


@contextmanager
def network(*names: str) -> Iterator[Network]:
    """Make a network for machines of these names; all of it is gone when the block ends."""
    with tempfile.TemporaryDirectory(prefix="machines-") as folder, ExitStack() as stack:
        yield Network(Path(folder), names, stack)


@contextmanager
def _process(*words: str, log: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    with ExitStack() as stack:
        output = stack.enter_context(log.open("wb")) if log else subprocess.DEVNULL
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=output, stderr=output)
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            with suppress(OSError):
                assert process.stdin is not None
                process.stdin.close()


def _cgroups() -> Path | None:
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, place, kind, *_ = line.split()
        if kind == "cgroup2" and os.access(place, os.W_OK):
            return Path(place)
    return None


@contextmanager
def _cgroup(name: str) -> Iterator[Path]:
    base = _cgroups()
    assert base is not None
    group = base / name
    group.mkdir()
    try:
        yield group
    finally:
        _until(lambda: _removed(group), seconds=20)


def _removed(group: Path) -> bool:
    """Remove a control group and those below; False while processes of it are still ending."""
    try:
        for each in sorted((path for path in group.rglob("*") if path.is_dir()), reverse=True):
            each.rmdir()
        group.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _child(process: int) -> int:
    """Return the process that `unshare --fork` has started, the first one of its machine."""
    children = Path(f"/proc/{process}/task/{process}/children")
    _until(lambda: children.read_text().split())
    return int(children.read_text().split()[0])


def _is_up(machine: Machine) -> bool:
    assert Path(f"/proc/{machine.process}").exists(), f"{machine.name} did not start"
    state = machine.run("systemctl", "is-system-running", check=False).stdout.strip()
    return state in {"running", "degraded"}


def _ip(words: str, process: int | None) -> None:
    """Run `ip`, in the network of a process."""
    enter = ["nsenter", f"--target={process}", "-n"] if process else []
    done = subprocess.run([*enter, "ip", *words.split()], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {words}: {done.stderr}"


def _free_subnet() -> ipaddress.IPv4Network:
    used = subprocess.run(["ip", "route"], capture_output=True, text=True, check=True).stdout
    candidates = list(ipaddress.IPv4Network(str(_RANGE)).subnets(new_prefix=24))
    secrets.SystemRandom().shuffle(candidates)
    return next(each for each in candidates if str(each) not in used)


def _until(condition: Callable[[], object], *, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s"
        time.sleep(0.05)
