"""Names that a document leaves to a HashiCorp Vault or an OpenBao, asked through the backend of Airflow's provider."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final

from airside.base.errors import PlatformError, UsageError

_BACKEND: Final = "airflow.providers.hashicorp.secrets.vault"

Guarded = Callable[[str, Callable[[], str]], str]


class Vault:
    """A Vault. Nothing is imported or asked before the first look-up.

    Args:
        settings: The arguments of `VaultBackend`: `url`, `mount_point`, `auth_type`, `token_path` …; None where the
            secrets backend is told of no Vault.
        guarded: Calls what it is given, if that has not failed a moment ago.
    """

    def __init__(self, settings: Mapping[str, Any] | None, guarded: Guarded) -> None:
        self._settings = settings
        self._guarded = guarded
        self._opened: Any = None

    def connection(self, path: str) -> str:
        """Return what is at `path`, below the `connections_path` of the settings: a URI, or fields as JSON.

        Raises:
            UsageError: There is no Vault, its provider is not installed, or its settings do not hold.
            PlatformError: The Vault does not answer, or has nothing there.
        """
        what = f"The connection {path} of Vault"
        return self._guarded(what, lambda: self._asked(path, lambda backend: backend.get_conn_value(path)))

    def variable(self, path: str) -> str:
        """Return the `value` at `path`, below the `variables_path` of the settings.

        Raises:
            AirsideError: As `connection`.
        """
        what = f"The variable {path} of Vault"
        return self._guarded(what, lambda: self._asked(path, lambda backend: backend.get_variable(path)))

    def _asked(self, path: str, ask: Callable[[Any], str | None]) -> str:
        backend = self._backend()
        url = (self._settings or {}).get("url")
        try:
            value = ask(backend)
        except Exception as error:  # hvac's, requests' and the provider's own have no class in common
            raise PlatformError(
                f"The Vault at {url} does not give {path!r}: {type(error).__name__}",
                hint="Look whether it answers and is unsealed, and what its policies let Airflow read.",
            ) from error
        if value is None:
            raise PlatformError(
                f"The Vault at {url} has nothing at {path!r}, and a document of secrets says that it does",
                hint="Write it there, or correct the entry `from: vault`.",
            )
        return str(value)

    def _backend(self) -> Any:  # noqa: ANN401 - of a package that may be missing
        if self._settings is None:
            raise UsageError(
                "A document of secrets leaves names to a Vault, and the secrets backend is told of none",
                hint="Say where it is: [secrets.vault] in airside.toml, or `vault` in the arguments of the backend.",
            )
        if self._opened is None:
            self._opened = _open(self._settings)
        return self._opened


def _open(settings: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as above
    try:
        backend_class = import_module(_BACKEND).VaultBackend
    except ModuleNotFoundError as error:
        raise UsageError(
            f"A document of secrets leaves names to a Vault, and {error.name} is not installed here",
            hint="Add apache-airflow-providers-hashicorp to the packages of Airflow.",
        ) from error
    try:
        return backend_class(**settings)
    except Exception as error:  # noqa: BLE001 - as above; its text may quote an argument
        raise UsageError(
            f"The settings of the Vault do not hold ({', '.join(settings)}): {type(error).__name__}",
            hint="They are the arguments of VaultBackend of apache-airflow-providers-hashicorp.",
        ) from None
