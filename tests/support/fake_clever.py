"""A stand-in for `clever`, the command line of Clever Cloud: it keeps what it is told, and pushes to folders.

    cloud = install(tmp_path)
    subprocess.run(["./create.sh"], env=cloud.environ)
    cloud.calls()

What its verbs print, and which options they have, is that of clever-tools 4.11.0.
"""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Cloud:
    """What was made there.

    Attributes:
        folder: Where it is kept.
    """

    folder: Path

    @property
    def environ(self) -> dict[str, str]:
        """The environment in which `clever` is this one."""
        return {"PATH": f"{self.folder / 'bin'}:{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(self.folder)}

    @property
    def state(self) -> Any:  # noqa: ANN401 - whatever was kept
        """Apps, with their variables and add-ons; and the add-ons."""
        path = self.folder / "state.json"
        return json.loads(path.read_text()) if path.exists() else {"apps": {}, "addons": {}}

    def calls(self) -> list[list[str]]:
        """Return the arguments of each call."""
        path = self.folder / "calls"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def said(self, *words: str) -> list[list[str]]:
        """Return the calls that begin with `words`."""
        return [call for call in self.calls() if tuple(call[: len(words)]) == words]

    def remote(self, alias: str) -> Path:
        """The repository behind an app."""
        return self.folder / "remotes" / f"{alias}.git"


def install(folder: Path) -> Cloud:
    """Make a cloud in `folder`, without anything in it."""
    program = folder / "bin" / "clever"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -SE {__file__} {folder} "$@"\n')
    program.chmod(0o755)
    return Cloud(folder)


def _option(words: list[str], name: str, default: str = "") -> str:
    return words[words.index(name) + 1] if name in words else default


def _serve(cloud: Cloud, words: list[str], linked: Path) -> int:  # noqa: C901 - a case for each command
    state = cloud.state
    apps, addons = state["apps"], state["addons"]
    alias = _option(words, "--alias")
    match words:
        case ["create", *_]:
            _create(cloud, alias, linked)
            apps[alias] = {"env": {}, "addons": [], "domains": [f"{alias}.cleverapps.io"]}
        case ["scale" | "config" | "restart" | "stop" | "status" | "logs" | "ssh", *_]:
            pass
        case ["addon", "list", *_]:
            _say(json.dumps([{"addonId": f"addon_{name}", "name": name} for name in addons]))
        case ["addon", "create", provider, name, *_]:
            addons[name] = provider
        case ["service", "link-addon", name, *_]:
            apps[alias]["addons"].append(name)
        case ["service", "--only-addons", *_]:
            _say(json.dumps({"addons": [{"name": name, "isLinked": True} for name in apps[alias]["addons"]]}))
        case ["domain", "add", *_]:
            apps[alias]["domains"].append(words[-1])
        case ["domain", *_]:
            _say("\n".join(f"  {name}" for name in apps[alias]["domains"]))
        case ["env", "import", "--json", *_]:
            apps[alias]["env"] = {entry["name"]: entry["value"] for entry in json.load(sys.stdin)}
            _say("Environment variables have been set")
        case ["env", *_]:
            env = [{"name": name, "value": value} for name, value in apps[alias]["env"].items()]
            _say(json.dumps({"env": env, "fromAddons": [], "fromDependencies": []}))
        case ["deploy", *_]:
            os.system(f"git push --quiet --force {cloud.remote(alias)} HEAD:master")  # noqa: S605 - a test's own path
        case _:
            _say(f"there is no such command: {words}")
            return 1
    (cloud.folder / "state.json").write_text(json.dumps(state))
    return 0


def _say(text: str) -> None:
    print(text)  # noqa: T201 - a program of its own


def _create(cloud: Cloud, alias: str, linked: Path) -> None:
    remote = cloud.remote(alias)
    os.system(f"git init --quiet --bare --initial-branch=master {remote}")  # noqa: S605 - a test's own path
    known = json.loads(linked.read_text()) if linked.exists() else {"apps": []}
    known["apps"].append({"app_id": f"app_{alias}", "alias": alias, "name": alias, "git_ssh_url": str(remote)})
    linked.write_text(json.dumps(known))


def _main(folder: Path, words: list[str]) -> int:
    cloud = Cloud(folder)
    with (folder / "calls").open("a") as calls:
        calls.write(json.dumps(words) + "\n")
    return _serve(cloud, words, Path(os.environ["APP_CONFIGURATION_FILE"]))  # noqa: TID251 - a program of its own


if __name__ == "__main__":
    sys.exit(_main(Path(sys.argv[1]), sys.argv[2:]))
