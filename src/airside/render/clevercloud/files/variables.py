"""Set the variables of the apps on Clever Cloud: those of the `*.env` files, and secrets that are not there yet.

    python3 variables.py [NAME...]

A NAME is a variable of your own environment, such as SOPS_AGE_KEY, which all apps get too. What else an app has stays.
Values pass through pipes, never through arguments, and are never shown. (`clever env import-vars` would do for some of
that, but in clever-tools 4.11 it takes the letters of its argument for names.)
"""

import base64
import configparser
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
OURS = "AIRSIDE_VARIABLES"  # names what an `*.env` file set, so that what is no longer in it is removed
PASSWORDS = "AIRSIDE_PASSWORDS"
ALERTS_PASSWORD = "AIRSIDE_ALERTS_PASSWORD"  # noqa: S105 - likewise
ALERTS_USER = "airside-alerts"
USERS = "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"

Variables = dict[str, str]


class UnsetError(Exception):
    """Variables cannot be set."""


@dataclass(frozen=True)
class App:
    """An app: its alias, what its `*.env` file says, and the secrets that it needs."""

    alias: str
    wanted: Mapping[str, str]
    secrets: tuple[str, ...]


def read_apps(folder: Path) -> list[App]:
    """Return the apps of `apps.ini`."""
    parser = configparser.ConfigParser(delimiters=("=",), comment_prefixes=("#",), interpolation=None, strict=False)
    parser.read(folder / "apps.ini", encoding="utf-8")
    return [
        App(
            parser[name]["alias"],
            parsed((folder / parser[name]["variables"]).read_text("utf-8")),
            tuple(parser[name].get("secrets", "").split()),
        )
        for name in parser.sections()
    ]


def parsed(text: str) -> Variables:
    """Return the variables of an `*.env` file: a name, ``=`` and the value as it is, to the end of the line."""
    lines = (line for line in text.split("\n") if line.strip() and not line.startswith("#"))
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def generated(name: str) -> str:
    """Return a new value of a secret."""
    if name == PASSWORDS:
        return "{}"  # each user gets one of their own
    if name.endswith("FERNET_KEY"):
        return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_urlsafe(64)


def shared_secrets(apps: Iterable[App], found: Mapping[str, Variables]) -> Variables:
    """Return the value of each secret: the one that apps have, or a new one.

    Raises:
        UnsetError: Two apps have different ones.
    """
    apps = list(apps)
    values: Variables = {}
    for name in sorted({name for app in apps for name in app.secrets}):
        holders = {app.alias: found[app.alias][name] for app in apps if found[app.alias].get(name)}
        if len(set(holders.values())) > 1:
            raise UnsetError(
                f"{name} is not the same in {' and '.join(holders)}: remove the wrong one, `clever env rm`"
            )
        values[name] = next(iter(holders.values()), "") or generated(name)
    if PASSWORDS in values:
        known = json.loads(values[PASSWORDS])
        made = {user: known.get(user) or secrets.token_urlsafe(18) for app in apps for user in users(app.wanted)}
        watcher = {ALERTS_USER: values[ALERTS_PASSWORD]} if ALERTS_PASSWORD in values else {}
        values[PASSWORDS] = json.dumps(known | made | watcher)
    return values


def users(wanted: Mapping[str, str]) -> list[str]:
    """Return the names of those who may log in: Airflow has them as ``ana:admin,ben:viewer``."""
    return [user.partition(":")[0].strip() for user in wanted.get(USERS, "").split(",") if user.strip()]


def merged(app: App, before: Mapping[str, str], values: Mapping[str, str], given: Mapping[str, str]) -> Variables:
    """Return what an app is to have: what it had, with what is rendered, secrets and what is given."""
    old = set(before.get(OURS, "").split())
    kept = {name: value for name, value in before.items() if name not in old}
    own = {name: values[name] for name in app.secrets}
    return kept | dict(app.wanted) | own | dict(given) | {OURS: " ".join(sorted(app.wanted))}


def clever(arguments: list[str], stdin: str = "") -> str:
    """Run the command line of Clever Cloud, and return what it printed.

    Raises:
        UnsetError: It failed.
    """
    try:
        done = subprocess.run(["clever", *arguments], input=stdin, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S607
    except FileNotFoundError as error:
        raise UnsetError("there is no program `clever`: npm install --global clever-tools") from error
    except subprocess.CalledProcessError as error:
        raise UnsetError(f"`clever {' '.join(arguments)}` failed") from error
    return done.stdout


def current(alias: str, run: Callable[..., str]) -> Variables:
    """Return the variables that were set on an app; those of its add-ons are others."""
    document = json.loads(run(["env", "--alias", alias, "--format", "json"]))
    return {entry["name"]: entry["value"] for entry in document["env"]}


def set_variables(apps: list[App], given: Mapping[str, str], run: Callable[..., str]) -> None:
    """Set what is missing or different."""
    found = {app.alias: current(app.alias, run) for app in apps}
    values = shared_secrets(apps, found)
    for app in apps:
        before = found[app.alias]
        after = merged(app, before, values, given)
        if changed := sorted(name for name in {*before, *after} if before.get(name) != after.get(name)):
            entries = [{"name": name, "value": value} for name, value in sorted(after.items())]
            run(["env", "import", "--json", "--alias", app.alias], json.dumps(entries))
            print(f"{app.alias}: set {', '.join(changed)}")
        else:
            print(f"{app.alias}: nothing to set")


def main(names: list[str], environ: Mapping[str, str]) -> int:
    """Set the variables."""
    if missing := [name for name in names if not environ.get(name)]:
        print(f"{', '.join(missing)}: not in your environment", file=sys.stderr)
        return 2
    try:
        set_variables(read_apps(HERE), {name: environ[name] for name in names}, clever)
    except UnsetError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
