"""Run a command with what the platform provides, under the names that Airflow reads.

    python3 provided.py COMMAND [ARGUMENT...]

`provided.ini` beside it says which variables of the platform hold the parts of the database, the keys of the bucket and
so on. Values pass from one environment to the next: never through arguments, never to the log. It needs Python alone.
"""

import configparser
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

TABLE = Path(__file__).with_name("provided.ini")
SECRETS = Path("/tmp/airside")  # noqa: S108 - of the container alone; made for its owner
MISCONFIGURED = 78  # EX_CONFIG of sysexits.h
UNUSABLE = 127

DATABASE = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
RESULTS = "AIRFLOW__CELERY__RESULT_BACKEND"
BROKER = "AIRFLOW__CELERY__BROKER_URL"

Table = Mapping[str, Mapping[str, str]]


class MissingError(Exception):
    """The platform does not give what is needed."""


def read_table(path: Path) -> Table:
    """Return the sections of a table; of two lines with one name, the last counts."""
    parser = configparser.ConfigParser(delimiters=("=",), comment_prefixes=("#",), interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign] # names of variables keep their letters
    parser.read(path, encoding="utf-8")
    return {section: dict(parser[section]) for section in parser.sections()}


def mapped(environ: Mapping[str, str], table: Table) -> dict[str, str]:
    """Return the variables that Airflow reads, of those that the platform gives.

    Raises:
        MissingError: Some are not there; one line that names all of them.
    """
    faults: list[str] = []
    made: dict[str, str] = {}
    for section, (first, mapping) in SECTIONS.items():
        # What somebody set on purpose wins over what follows from add-ons.
        if section not in table or environ.get(first):
            continue
        parts = dict(table[section])
        hint = parts.pop("hint", "")
        if missing := [name for name in parts.values() if not environ.get(name)]:
            faults.append(f"{', '.join(missing)} (for the {section}{f': {hint}' if hint else ''})")
        else:
            made |= mapping({part: environ[name] for part, name in parts.items()})
    faults += [f"{name} ({hint})" for name, hint in table.get("required", {}).items() if not environ.get(name)]
    if faults:
        raise MissingError("not set: " + ", ".join(faults))
    if url := made.get(DATABASE, environ.get(DATABASE)):
        made[RESULTS] = f"db+{url}"
    copied = {name: environ[of] for name, of in table.get("copied", {}).items() if environ.get(of)}
    return {name: value for name, value in (made | copied).items() if not environ.get(name)}


def _database(parts: Mapping[str, str]) -> dict[str, str]:
    if "url" in parts:
        return {DATABASE: urlunsplit(urlsplit(parts["url"])._replace(scheme="postgresql+psycopg2"))}
    user = f"{_quoted(parts['user'])}:{_quoted(parts['password'])}"
    return {DATABASE: f"postgresql+psycopg2://{user}@{parts['host']}:{parts['port']}/{_quoted(parts['name'])}"}


def _bucket(parts: Mapping[str, str]) -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": parts["key"], "AWS_SECRET_ACCESS_KEY": parts["secret"]}


def _redis(parts: Mapping[str, str]) -> dict[str, str]:
    url = parts["url"] if "url" in parts else f"redis://:{_quoted(parts['password'])}@{parts['host']}:{parts['port']}/0"
    return {BROKER: url}


SECTIONS = {
    "database": (DATABASE, _database),
    "bucket": ("AWS_ACCESS_KEY_ID", _bucket),
    "redis": (BROKER, _redis),
}
"""For each section of the table the first variable that comes of it, and how."""


def _quoted(text: str) -> str:
    return quote(text, safe="")


def kept(environ: Mapping[str, str], files: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Write variables to files that the owner alone may read, and return the variables that name those files."""
    named = {}
    for name, variable in files.items():
        if environ.get(name):
            folder.mkdir(mode=0o700, exist_ok=True)
            path = folder / name.lower()
            path.unlink(missing_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(environ[name])
            named[variable] = str(path)
    return named


def main(command: list[str]) -> int:
    """Become the command."""
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    environ = dict(os.environ)
    table = read_table(TABLE)
    files = table.get("files", {})
    try:
        environ |= mapped(environ, table)
    except MissingError as error:
        print(f"airside: {error}", file=sys.stderr)
        return MISCONFIGURED
    environ |= kept(environ, files, SECRETS)
    for name in files:
        environ.pop(name, None)
    try:
        os.execvpe(command[0], command, environ)  # noqa: S606 - it becomes what it is told to
    except OSError as error:
        print(f"airside: {command[0]}: {error.strerror}", file=sys.stderr)
        return UNUSABLE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
