"""Run the processes of a container side by side, and tell over HTTP whether all of them run.

`group.ini` beside it has a section for each process:

    [scheduler]
    command = airflow scheduler --skip-serve-logs
    health = http://127.0.0.1:8974/health

A process that ends is started again, later and later while it keeps ending. The port answers from the moment that all
run: 200 while they do, 503 otherwise, with a line for each. SIGTERM goes to the processes themselves and not to their
children, so that the scheduler lets its tasks end; when all have ended, so does this. It needs Python alone.
"""

import configparser
import http.server
import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

TABLE = Path(__file__).with_name("group.ini")
LONGEST_PAUSE = 30.0  # seconds between two starts of a process that keeps ending
STEADY = 60.0  # seconds after which a process counts as one that runs
BETWEEN_LOOKS = 5.0  # seconds


class Process:
    """A process that has to run."""

    def __init__(self, name: str, command: list[str], health: str) -> None:
        self.name, self.command, self.health = name, command, health
        self.child: subprocess.Popen[bytes] | None = None
        self.state = "starting"
        self.pause = 0.0
        self.begun = 0.0

    def look(self, *, stopping: bool) -> None:
        """Start it if it is to run and does not."""
        now = time.monotonic()
        if self.child is not None:
            code = self.child.poll()
            if code is None:
                return
            self.child = None
            self.pause = 1.0 if now - self.begun > STEADY else min(max(1.0, self.pause * 2), LONGEST_PAUSE)
            self.state = "ended"
            tell(f"{self.name} ended with {code}" + ("" if stopping else f"; it starts again in {self.pause:.0f} s"))
        if not stopping and now - self.begun >= self.pause:
            self.start(now)

    def start(self, now: float) -> None:
        """Start it."""
        self.begun = now
        try:
            self.child = subprocess.Popen(self.command, start_new_session=True)
        except OSError as error:
            self.pause = LONGEST_PAUSE
            tell(f"{self.name} cannot start: {self.command[0]}: {error.strerror}")

    def ask(self) -> None:
        """Find out how it is."""
        if self.child is None or self.child.poll() is not None:
            self.state = "ended"
        elif not self.health or answers(self.health):
            self.state = "runs"
        else:
            self.state = "starting" if self.state == "starting" else "does not answer"

    def end(self, number: int) -> None:
        """Send it a signal."""
        if self.child is not None and self.child.poll() is None:
            self.child.send_signal(number)


def answers(url: str) -> bool:
    """Tell whether a URL of this container answers that all is well; 503 and silence say that it is not."""
    try:
        with urllib.request.urlopen(url, timeout=3):  # noqa: S310 - a URL of the table beside this
            return True
    except (OSError, ValueError):
        return False


def read_table(path: Path) -> list[Process]:
    """Return the processes of a table; of two lines with one name, the last counts."""
    parser = configparser.ConfigParser(delimiters=("=",), comment_prefixes=("#",), interpolation=None, strict=False)
    parser.read(path, encoding="utf-8")
    return [
        Process(name, shlex.split(parser[name]["command"]), parser[name].get("health", ""))
        for name in parser.sections()
    ]


def tell(line: str) -> None:
    """Print a line."""
    print(f"airside: {line}", file=sys.stderr, flush=True)


def serve(processes: list[Process], port: int) -> None:
    """Answer on `port` how the processes are, for ever."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            states = {process.name: process.state for process in processes}
            body = json.dumps(states).encode() + b"\n"
            self.send_response(200 if set(states.values()) == {"runs"} else 503)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, *_: object) -> None:
            """Say nothing: a platform asks every few seconds."""

    http.server.ThreadingHTTPServer(("", port), Answer).serve_forever()


def watch(processes: list[Process], port: int) -> None:
    """Ask the processes how they are; from the moment that all run, answer on `port`."""
    served = False
    while True:
        for process in processes:
            process.ask()
        if not served and all(process.state == "runs" for process in processes):
            served = True
            tell(f"all run: {', '.join(process.name for process in processes)}; port {port} answers")
            threading.Thread(target=serve, args=(processes, port), daemon=True).start()
        time.sleep(BETWEEN_LOOKS if served else 1.0)


def main(environ: Mapping[str, str]) -> int:
    """Run the processes until SIGTERM, and until each has ended."""
    processes = read_table(TABLE)
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    threading.Thread(target=watch, args=(processes, int(environ.get("PORT") or "8080")), daemon=True).start()
    while not asked.is_set():
        for process in processes:
            process.look(stopping=False)
        asked.wait(0.2)
    tell("ending; tasks that run are waited for")
    for process in processes:
        process.end(signal.SIGTERM)
    while any(process.child is not None for process in processes):
        for process in processes:
            process.look(stopping=True)
        time.sleep(0.2)
    return 0


if __name__ == "__main__":
    sys.exit(main(os.environ))
