"""What `airside.toml` may say."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from airside.base.errors import UnknownEnvironmentError
from airside.base.names import NAME_RULE, is_environment_name, is_name
from airside.base.paths import path_fault
from airside.base.suggestions import suggestion
from airside.running.current import DEFAULTS, LOCAL
from airside.running.packages import Mismatch
from airside.workspace.alert_settings import AlertingSettings, AlertSettings
from airside.workspace.default_settings import DefaultSettings
from airside.workspace.fields import Section, Text
from airside.workspace.policy_settings import PolicySettings
from airside.workspace.targets.celery import CelerySettings
from airside.workspace.targets.ci import CiSettings
from airside.workspace.targets.clevercloud import CleverCloudSettings
from airside.workspace.targets.compose import ComposeSettings
from airside.workspace.targets.helm import HelmSettings
from airside.workspace.targets.image import ImageSettings
from airside.workspace.targets.logs import LogsSettings

SETTINGS_FILE: Final = "airside.toml"
STATE_FOLDER: Final = ".airside"
DEFAULT_AIRFLOW: Final = "3.3.2"

_RESERVED_TOPS = frozenset({".git", STATE_FOLDER, SETTINGS_FILE, DEFAULTS, ".airflowignore"})
_RESERVED_DATABASES = frozenset({"airflow", "postgres", "template0", "template1"})
_DATABASE = re.compile(r"[a-z][a-z0-9_]{0,62}")
_AIRFLOW_VERSION = re.compile(r"3\.(\d+)\.\d+((a|b|rc)\d+)?")
_MINIMUM_MINOR = 3
_SECRET_ARGUMENTS = frozenset({"token", "password", "secret_id", "jwt_token", "radius_secret", "gcp_keyfile_dict"})
"""Of `VaultBackend` (airflow/providers/hashicorp/secrets/vault.py 4.x)."""

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WILD = frozenset("*?[")


def _relative_path(value: str) -> str:
    path = value.rstrip("/")
    fault = path_fault(path)
    if fault is not None:
        raise ValueError(f"{value!r} is not a path inside the workspace: {fault}")
    if path.split("/")[0] in _RESERVED_TOPS:
        raise ValueError(f"{value!r} is not for workflows")
    return path


RelativePath = Annotated[str, AfterValidator(_relative_path)]


class WorkspaceSettings(Section):
    """``[workspace]``: its name, and which folders a release holds.

    Attributes:
        name: Becomes part of every release; a name by the rule of `airside.base.names`.
        dags: The folder with the DAG files, relative to the workspace.
        include: Further folders or files that ship with a release.
    """

    name: str
    dags: RelativePath = "dags"
    include: tuple[RelativePath, ...] = Field(default=(), strict=False)

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        if not is_name(value):
            raise ValueError(f"{value!r} is not a name: {NAME_RULE}")
        return value

    @model_validator(mode="after")
    def _check_overlaps(self) -> Self:
        entries = self.entries
        for index, entry in enumerate(entries):
            for other in entries[index + 1 :]:
                if f"{entry}/".startswith(f"{other}/") or f"{other}/".startswith(f"{entry}/"):
                    raise ValueError(f"{entry!r} and {other!r} overlap: a file would ship twice")
        return self

    @property
    def entries(self) -> tuple[str, ...]:
        """The folder with the DAG files, then the other entries: all that ships."""
        return (self.dags, *self.include)


class AirflowSettings(Section):
    """``[airflow]``: the Airflow that the workflows are made for.

    Attributes:
        version: A release of Airflow, ``3.3.2``.
        python: The Python it runs in, ``3.11``; None leaves the choice to the machine.
        config: Options of Airflow: section, then key, then value as text.
        env: Environment variables of the local Airflow.
    """

    version: str = DEFAULT_AIRFLOW
    python: Annotated[str, Field(pattern=r"^3\.\d{1,2}(\.\d+)?$")] | None = None
    config: Mapping[str, Mapping[str, Text]] = Field(default_factory=dict)
    env: Mapping[str, Text] = Field(default_factory=dict)

    @field_validator("version")
    @classmethod
    def _check_version(cls, value: str) -> str:
        match = _AIRFLOW_VERSION.fullmatch(value)
        if match is None or int(match[1]) < _MINIMUM_MINOR:
            raise ValueError(f"{value!r} is not a version of Airflow from 3.{_MINIMUM_MINOR} on, such as '3.3.2'")
        return value

    @field_validator("env")
    @classmethod
    def _check_variables(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        for name in value:
            if not _VARIABLE.fullmatch(name):
                raise ValueError(f"{name!r} cannot name an environment variable")
        return value

    @property
    def variables(self) -> dict[str, str]:
        """What `config` and `env` are as environment variables; `env` wins.

        The names are those of ``_env_var_name`` in airflow/_shared/configuration/parser.py 3.3.2.
        """
        options = {
            f"AIRFLOW__{section.replace('.', '_').upper()}__{key.upper()}": value
            for section, keys in self.config.items()
            for key, value in keys.items()
        }
        return options | dict(self.env)


class PlatformSettings(Section):
    """``[platform]``: the Airflow on this machine, and what holds for others too.

    Attributes:
        port: Where its web server listens, 1 to 65535.
        databases: Databases that the local Postgres has for workflows; each is also the id of a connection.
        mismatch: What an Airflow does with a release that was built for other Python packages than those that it runs.
    """

    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    databases: tuple[str, ...] = Field(default=(), strict=False)
    mismatch: Mismatch = "warn"

    @field_validator("databases")
    @classmethod
    def _check_databases(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if not _DATABASE.fullmatch(name) or name in _RESERVED_DATABASES:
                raise ValueError(
                    f"{name!r} cannot name a database: lower-case letters, digits and '_', and not Airflow's"
                )
        return value


class StoreSettings(Section):
    """``[store]``: where releases and environments live.

    Attributes:
        url: A folder (relative to the workspace, or absolute), ``file://``, ``s3://``, ``gs://``, ``az://``.
        options: Options of that store, such as ``endpoint`` and ``region``, as text. No secrets belong here.
    """

    url: Annotated[str, Field(min_length=1)] = ".store"
    options: Mapping[str, Text] = Field(default_factory=dict)


class SecretsSettings(Section):
    """``[secrets]``: how the local Airflow finds secrets beside the documents in `secrets/`.

    Attributes:
        vault: ``[secrets.vault]``: the Vault that has the names marked ``from: vault``, as arguments of `VaultBackend`
            of Airflow's provider. No secrets belong here: a token is in a file, or in `VAULT_TOKEN`.
    """

    vault: Mapping[str, Any] = Field(default_factory=dict)

    @field_validator("vault")
    @classmethod
    def _check_vault(cls, value: Mapping[str, Any]) -> Mapping[str, Any]:
        if secret := sorted(_SECRET_ARGUMENTS & value.keys()):
            raise ValueError(f"{', '.join(secret)}: a secret does not belong here; name a file, such as token_path")
        if value and not isinstance(value.get("url"), str):
            raise ValueError("expected the url of the Vault")
        return value


class CheckSettings(Section):
    """``[check]``: how `airside check` imports DAG files.

    Attributes:
        timeout: Seconds for one file.
        memory: MiB that one file may take.
        network: Let files use the network while they are imported.
        jobs: Files at one time; None is one for each processor.
    """

    timeout: Annotated[float, Field(gt=0, strict=False)] = 30.0
    memory: Annotated[int, Field(ge=64)] = 1024
    network: bool = False
    jobs: Annotated[int, Field(ge=1)] | None = None


class ProvidedSettings(Section):
    """``[environments.<name>.provided]``: names that the environment has from elsewhere than `secrets/`.

    Attributes:
        connections: Their ids.
        variables: Their keys.
        pools: Their names.
        workflows: Ids of workflows that are served by another workspace.
        environment_variables: Their names.
    """

    connections: tuple[str, ...] = Field(default=(), strict=False)
    variables: tuple[str, ...] = Field(default=(), strict=False)
    pools: tuple[str, ...] = Field(default=(), strict=False)
    workflows: tuple[str, ...] = Field(default=(), strict=False)
    environment_variables: tuple[str, ...] = Field(default=(), strict=False)


class EnvironmentSettings(Section):
    """``[environments.<name>]``: an environment that the workspace deploys to.

    Attributes:
        protected: Moving it asks for its name to be typed.
        promote_from: The environments that its releases come from; empty does not ask.
        require: What a release has to show: ``check``, ``test``, ``test:verified``, ``approval:<number>``.
        airflow: The URL of the Airflow that tracks it, where that is not the local one.
        provided: Names that it has from elsewhere.
        compose: Keys of ``[compose]`` that are others here; the same holds for the next four.
        helm: Keys of ``[helm]``.
        celery: Keys of ``[celery]``.
        clevercloud: Keys of ``[clevercloud]``.
        logs: Keys of ``[logs]``.
    """

    protected: bool = False
    promote_from: tuple[str, ...] = Field(default=(), strict=False)
    require: tuple[Annotated[str, Field(pattern=r"^(check|test|test:verified|approval:[1-9][0-9]?)$")], ...] = Field(
        default=(), strict=False
    )
    airflow: Annotated[str, Field(pattern=r"^https?://")] | None = None
    provided: ProvidedSettings = ProvidedSettings()
    compose: Mapping[str, Any] = Field(default_factory=dict)
    helm: Mapping[str, Any] = Field(default_factory=dict)
    celery: Mapping[str, Any] = Field(default_factory=dict)
    clevercloud: Mapping[str, Any] = Field(default_factory=dict)
    logs: Mapping[str, Any] = Field(default_factory=dict)


OVERRIDDEN: Final = ("compose", "helm", "celery", "clevercloud", "logs")
"""The tables of which an environment may have single keys of its own."""


class Settings(Section):
    """All of `airside.toml`.

    Attributes:
        pools: ``[pools]``: the pools that tasks may name, and their slots; `default_pool` is always there.
    """

    workspace: WorkspaceSettings
    airflow: AirflowSettings = AirflowSettings()
    platform: PlatformSettings = PlatformSettings()
    store: StoreSettings = StoreSettings()
    secrets: SecretsSettings = SecretsSettings()
    check: CheckSettings = CheckSettings()
    policy: PolicySettings = PolicySettings()
    defaults: DefaultSettings = DefaultSettings()
    alerts: Annotated[tuple[AlertSettings, ...], Field(strict=False)] = ()
    alerting: AlertingSettings = AlertingSettings()
    pools: Mapping[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    logs: LogsSettings = LogsSettings()
    image: ImageSettings = ImageSettings()
    compose: ComposeSettings = ComposeSettings()
    helm: HelmSettings = HelmSettings()
    celery: CelerySettings = CelerySettings()
    clevercloud: CleverCloudSettings = CleverCloudSettings()
    ci: CiSettings = CiSettings()
    environments: Mapping[str, EnvironmentSettings] = Field(default_factory=dict)

    @field_validator("environments", mode="before")
    @classmethod
    def _check_environments(cls, value: Any) -> Any:  # noqa: ANN401 (whatever the TOML holds)
        for name in value if isinstance(value, dict) else ():
            if not is_environment_name(name):
                raise ValueError(f"{name!r} cannot name an environment: {NAME_RULE}; two names may be joined by '/'")
        return value

    @model_validator(mode="after")
    def _check_alerts(self) -> Self:
        known = (*self.environments, LOCAL)
        named = (name for route in self.alerts for name in route.environments if not _WILD & set(name))
        for name in named:
            if name not in known:
                raise ValueError(
                    f"[[alerts]] names an environment {name!r}, which is not declared "
                    f"(known: {', '.join(known)}{suggestion(name, known)})"
                )
        return self

    def environment(self, name: str) -> EnvironmentSettings:
        """Return the settings of the environment `name`.

        Raises:
            UnknownEnvironmentError: `airside.toml` declares no such environment.
        """
        if name in self.environments:
            return self.environments[name]
        known = ", ".join(self.environments) or "none yet"
        raise UnknownEnvironmentError(
            f"{SETTINGS_FILE} declares no environment {name!r} (known: {known}{suggestion(name, self.environments)})",
            hint=f"Add the line [environments.{toml_key(name)}] to {SETTINGS_FILE}, or name a known one",
        )

    def overridden(self, name: str, section: str) -> Section:
        """Return the table `section` as it is in the environment `name`: its own keys, over those of all.

        Raises:
            pydantic.ValidationError: What comes of it does not hold.
        """
        table: Section = getattr(self, section)
        own: Mapping[str, Any] = getattr(self.environment(name), section)
        return type(table).model_validate(_merged(table.model_dump(exclude_unset=True), own)) if own else table

    def for_environments(self, names: Iterable[str]) -> Self:
        """Return the settings as they are where these environments are served; of two that differ, the last counts.

        Raises:
            UnknownEnvironmentError: One of them is not declared.
        """
        settings = self
        for name in names:
            own = self.environment(name)
            # A table that nobody has written stays one: `model_fields_set` tells what a lock file has to hold.
            update = {table: settings.overridden(name, table) for table in OVERRIDDEN if getattr(own, table)}
            settings = settings.model_copy(update=update)
        return settings


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    tables = {
        key: _merged(below[key], value)
        for key, value in above.items()
        if isinstance(value, Mapping) and isinstance(below.get(key), Mapping)
    }
    return {**below, **above, **tables}


def toml_key(name: str) -> str:
    """Return `name` as a key of TOML, in quotes where it needs them."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else f'"{name}"'
