"""The one place that reads the environment variables of the process."""

import getpass
import os
from collections.abc import Mapping
from pathlib import Path

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
    """Return who asks an Airflow elsewhere: `AIRSIDE_AIRFLOW_USERNAME` and `AIRSIDE_AIRFLOW_PASSWORD`."""
    return environ.get("AIRSIDE_AIRFLOW_USERNAME", ""), environ.get("AIRSIDE_AIRFLOW_PASSWORD", "")


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
