"""The one place that reads the environment variables of the process."""

import getpass
import os
from collections.abc import Mapping
from pathlib import Path

from airside.base.errors import UsageError

EDITOR_FALLBACK = "vi"
SHELL_FALLBACK = "/bin/sh"


def variables() -> dict[str, str]:
    """Return a copy of the environment variables of this process."""
    return dict(os.environ)  # noqa: TID251 - this is the place


def workspace_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder to look for a workspace from: `AIRSIDE_WORKSPACE`, else the current one."""
    return Path(environ.get("AIRSIDE_WORKSPACE") or ".")


def actor(environ: Mapping[str, str]) -> str:
    """Return who moves an environment: `AIRSIDE_ACTOR` (for CI), else the name of the account."""
    if name := environ.get("AIRSIDE_ACTOR"):
        return name
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in a container; OSError since Python 3.13
        return f"uid {os.getuid()}"


def store_url(environ: Mapping[str, str]) -> str | None:
    """Return where the releases are, for a machine without a workspace: `AIRSIDE_STORE`."""
    return environ.get("AIRSIDE_STORE") or None


def store_options(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the options of that store: `AIRSIDE_STORE_OPTION_REGION` is `region`."""
    prefix = "AIRSIDE_STORE_OPTION_"
    return {
        name.removeprefix(prefix).lower(): value for name, value in environ.items() if name.startswith(prefix) and value
    }


def airflow_user(environ: Mapping[str, str]) -> tuple[str, str]:
    """Return who asks an Airflow elsewhere: `AIRSIDE_AIRFLOW_USERNAME`, and the password, empty where there is none.

    Raises:
        UsageError: The password is in a file that cannot be read.
    """
    return airflow_username(environ), _airflow_password(environ)


def airflow_username(environ: Mapping[str, str]) -> str:
    """Return who asks an Airflow elsewhere: `AIRSIDE_AIRFLOW_USERNAME`."""
    return environ.get("AIRSIDE_AIRFLOW_USERNAME", "")


def airflow_password_file(environ: Mapping[str, str]) -> Path | None:
    """Return the file that has the password: `AIRSIDE_AIRFLOW_PASSWORD_FILE`; None where the password itself is given.

    A platform mounts its secrets as files: an environment variable is shown by every tool that shows a process.
    """
    path = environ.get("AIRSIDE_AIRFLOW_PASSWORD_FILE")
    return Path(path) if path and not environ.get("AIRSIDE_AIRFLOW_PASSWORD") else None


def _airflow_password(environ: Mapping[str, str]) -> str:
    if (path := airflow_password_file(environ)) is None:
        return environ.get("AIRSIDE_AIRFLOW_PASSWORD", "")
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise UsageError(
            f"The password of {environ.get('AIRSIDE_AIRFLOW_USERNAME') or 'Airflow'} cannot be read from {path}: {why}",
            hint="Correct AIRSIDE_AIRFLOW_PASSWORD_FILE, or set AIRSIDE_AIRFLOW_PASSWORD in its place.",
        ) from error


def airflow_token(environ: Mapping[str, str]) -> str | None:
    """Return the token that lets in to an Airflow elsewhere: `AIRSIDE_AIRFLOW_TOKEN`."""
    return environ.get("AIRSIDE_AIRFLOW_TOKEN") or None


def configuration_folder(environ: Mapping[str, str]) -> Path:
    """Return the user's folder for configuration: `XDG_CONFIG_HOME`, else ~/.config."""
    return Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def signing_key(environ: Mapping[str, str]) -> str | None:
    """Return which key signs, `AIRSIDE_SIGNING_KEY`; None where nothing is said. It may be the key itself."""
    return environ.get("AIRSIDE_SIGNING_KEY") or None


def editor(environ: Mapping[str, str]) -> str:
    """Return the user's editor, as git finds it: `VISUAL`, `EDITOR`, vi."""
    return environ.get("VISUAL") or environ.get("EDITOR") or EDITOR_FALLBACK


def shell(environ: Mapping[str, str]) -> str:
    """Return the user's shell."""
    return environ.get("SHELL") or SHELL_FALLBACK


def age_key_file(environ: Mapping[str, str]) -> Path:
    """Return where the user's age key lies: `SOPS_AGE_KEY_FILE`, else Airside's own place."""
    from airside.secrets.keys import key_file

    return Path(environ.get("SOPS_AGE_KEY_FILE") or key_file(configuration_folder(environ)))
