#!/usr/bin/env python3
"""Stands for `kubectl` and `helm`: keeps secrets and namespaces in a file, and records every command line.

What is on a command line, everybody on a machine can read; what comes through files and standard input, nobody.
"""

import base64
import fcntl
import json
import os
import sys
from pathlib import Path
from typing import Any

_STATE = Path(os.environ["FAKE_CLUSTER"])  # noqa: TID251 - the test says where


def main(words: list[str]) -> int:
    """Do what is asked for. Of the two ends of a pipe, one reads all that the other says and then has its turn."""
    given = sys.stdin.read() if "--stdin" in words else ""
    with _STATE.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _do(words, given)


def _do(words: list[str], given: str) -> int:
    state: dict[str, Any] = json.loads(_STATE.read_text()) if _STATE.exists() else {}
    state.setdefault("calls", []).append([Path(sys.argv[0]).name, *words])
    if state.get("down"):
        sys.stderr.write("Unable to connect to the server\n")
        code = 1
    else:
        code = _answer(state, words, given) if Path(sys.argv[0]).name == "kubectl" else 0
    _STATE.write_text(json.dumps(state))
    return code


def _answer(state: dict[str, Any], words: list[str], given: str) -> int:
    namespace = "default"
    if words[0] == "--namespace":
        namespace, words = words[1], words[2:]
    secrets: dict[str, dict[str, str]] = state.setdefault("secrets", {}).setdefault(namespace, {})
    match words:
        case ["get", "namespace", name, *_]:
            sys.stdout.write(f"namespace/{name}\n" if name in state.get("namespaces", []) else "")
        case ["create", "namespace", name]:
            state.setdefault("namespaces", []).append(name)
        case ["get", "secret", name, *options]:
            _show(secrets.get(name), name, options)
        case ["create", "secret", "generic", name, *options]:
            if name in secrets:
                sys.stderr.write("AlreadyExists\n")
                return 1
            files = [Path(each.removeprefix("--from-file=")) for each in options]
            secrets[name] = {file.name: base64.b64encode(file.read_bytes()).decode() for file in files}
        case ["patch", "secret", name, "--type", "merge", "--patch-file", file]:
            secrets[name] |= json.loads(Path(file).read_text())["data"]
        case ["exec", "--stdin", *_]:
            state.setdefault("stdin", []).append(given)
    return 0


def _show(data: dict[str, str] | None, name: str, options: list[str]) -> None:
    if data is None:
        return
    shown = options[-1]
    if shown == "name":
        sys.stdout.write(f"secret/{name}\n")
    elif "range" in shown:
        sys.stdout.write("".join(f"{key}\n" for key in data))
    else:
        password = base64.b64decode(data["password"]).decode()
        sys.stdout.write(f"{password}\n{password}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
