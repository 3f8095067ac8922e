"""What `[helm]` of `airside.toml` may say: the platform on Kubernetes, by the official chart of Airflow."""

import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from airside.workspace.fields import Section, expecting

KUBERNETES: Final = "KubernetesExecutor"
CELERY: Final = "CeleryExecutor"
OLDEST_CHART: Final = (1, 18)
NEWEST_CHART: Final = (1, 22)
_CHART = re.compile(r"(\d+)\.(\d+)\.(\d+)")

# RFC 1123, as Kubernetes asks of names.
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
Label = Annotated[str, expecting(_LABEL, "up to 63 lower-case letters, digits and '-'")]
_OBJECT = rf"{_LABEL}(\.{_LABEL})*"
ObjectName = Annotated[
    str, expecting(_OBJECT, "the name of an object of Kubernetes: lower-case letters, digits, '-' and '.'")
]
OptionalName = Annotated[str, expecting(rf"({_OBJECT})?", "the name of an object of Kubernetes, or '' for none")]
ReleaseName = Annotated[
    str, expecting(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", "up to 40 lower-case letters, digits and '-'")
]
OptionalHost = Annotated[str, expecting(rf"({_OBJECT})?", "the name of a host, such as 'airflow.example.com'")]
Quantity = Annotated[
    str, expecting(r"\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?", "a quantity of Kubernetes, such as '500m' or '2Gi'")
]
OptionalQuantity = Annotated[
    str, expecting(r"(\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?)?", "a quantity of Kubernetes, or '' for none")
]
TeamName = Annotated[str, expecting(r"[a-z][a-z0-9_-]{2,49}", "3 to 50 lower-case letters, digits, '_' and '-'")]
FolderPath = Annotated[str, expecting(r"/[A-Za-z0-9._/-]+", "an absolute path")]
Reference = Annotated[str, expecting(r"[A-Za-z0-9._/-]+", "a branch, a tag or a commit")]


def _executors(value: str) -> str:
    names = [name.strip() for name in value.split(",")]
    for name in names:
        if name not in {KUBERNETES, CELERY}:
            raise ValueError(f"{name!r} does not run there; expected {KUBERNETES}, {CELERY}, or both with a comma")
    if len(set(names)) < len(names):
        raise ValueError(f"{value!r} names an executor twice")
    return ",".join(names)


class SecretsOfHelm(Section):
    """``[helm.secrets]``: the names of secrets in the namespace; `secrets.sh` makes those that are missing.

    Attributes:
        database: Has the URL of Airflow's database, in ``connection``.
        fernet: Has ``fernet-key``.
        api: Has ``api-secret-key``.
        jwt: Has ``jwt-secret``.
        broker: Has the URL of Celery's broker, in ``connection``.
        results: Has the URL of Celery's results, in ``connection``.
        store: Its keys are environment variables, such as `AWS_ACCESS_KEY_ID`; empty where the account of the pods
            may read the store.
        age: Has the age key that decrypts secrets, in ``keys.txt``; empty where there are no secrets.
        registry: With which images are pulled; empty where none is needed.
        git: With which repositories are read: `GITSYNC_USERNAME` and `GITSYNC_PASSWORD`, or ``gitSshKey``.
        alerts: Has the password of the account `airside-alerts`, in ``password``.
    """

    database: ObjectName = "airside-database"
    fernet: ObjectName = "airside-fernet-key"
    api: ObjectName = "airside-api-secret-key"
    jwt: ObjectName = "airside-jwt-secret"
    broker: ObjectName = "airside-celery-broker"
    results: ObjectName = "airside-celery-results"
    store: OptionalName = "airside-store"
    age: OptionalName = "airside-age-key"
    registry: OptionalName = ""
    git: OptionalName = ""
    alerts: ObjectName = "airside-alerts"


class ResourcesOfHelm(Section):
    """``[helm.workers.resources]``: what a container asks for, and may take.

    Attributes:
        cpu: What it asks for.
        memory: What it asks for, and may take: a node that runs out of memory kills at random.
        cpu_limit: What it may take; empty does not limit it.
    """

    cpu: Quantity = "250m"
    memory: Quantity = "1Gi"
    cpu_limit: OptionalQuantity = ""

    @property
    def manifest(self) -> dict[str, dict[str, str]]:
        """As Kubernetes has it."""
        limits = {"memory": self.memory} | ({"cpu": self.cpu_limit} if self.cpu_limit else {})
        return {"requests": {"cpu": self.cpu, "memory": self.memory}, "limits": limits}


class ComponentResourcesOfHelm(ResourcesOfHelm):
    """``[helm.resources]``: what each component of Airflow asks for; the API server takes more than most tasks."""

    memory: Quantity = "2Gi"


class WorkersOfHelm(Section):
    """``[helm.workers]``: the pods that tasks run in.

    Attributes:
        replicas: Celery's workers.
        grace: Seconds that a task has to come to its end when its pod is stopped.
        cache: Where a node keeps releases: ``pod`` forgets them with the pod, ``node`` has one copy for all its pods.
        cache_path: The folder of the node, with ``cache = "node"``.
        service_account: Whom the pods of tasks are; empty for the one that the chart makes.
        resources: What a task asks for, and may take.
        node_selector: Labels of the nodes that they run on.
    """

    replicas: Annotated[int, Field(ge=1, le=1000)] = 2
    grace: Annotated[int, Field(ge=30, le=86_400)] = 600
    cache: Literal["pod", "node"] = "pod"
    cache_path: FolderPath = "/var/lib/airside"
    service_account: OptionalName = ""
    resources: ResourcesOfHelm = ResourcesOfHelm()
    node_selector: Mapping[str, str] = Field(default_factory=dict)


class GitOfHelm(Section):
    """``[helm.git]``: the repository, for those who stay with git-sync or Airflow's git bundle.

    Attributes:
        repository: Its URL: ``https://…`` without a user, or ``git@host:path``.
        ref: The branch, tag or commit to serve.
        folder: The folder with DAG files in it.
        connection: For the git bundle: the id of the connection that has the credentials; empty reads without.
        period: Seconds between two looks at the repository.
        known_hosts: Lines of `known_hosts`, which SSH needs.
        image: Of git-sync, name and tag.
    """

    repository: str = ""
    ref: Reference = "main"
    folder: str = "dags"
    connection: str = ""
    period: Annotated[int, Field(ge=1, le=86_400)] = 30
    known_hosts: str = ""
    image: str = "registry.k8s.io/git-sync/git-sync:v4.4.2"

    @field_validator("repository")
    @classmethod
    def _check_repository(cls, value: str) -> str:
        # A token is often the user, without a password.
        if re.match(r"https?://[^/]*@|[a-z+]+://[^/]*:[^/]*@", value):
            raise ValueError("a URL with a password or a token; name the secret that has it in helm.secrets.git")
        return value

    @property
    def ssh(self) -> bool:
        """Whether it is read through SSH."""
        return self.repository.startswith(("git@", "ssh://"))


class TeamOfHelm(Section):
    """``[helm.teams.<name>]``: a team of Airflow's `multi_team`, with a namespace for its tasks.

    Attributes:
        environments: Whose releases are the team's; the tracked ones that no team names are everybody's.
        namespace: Where the pods of its tasks run; ``<namespace>-<team>`` by default.
    """

    environments: tuple[str, ...] = Field(default=(), strict=False)
    namespace: OptionalName = ""


class HelmSettings(Section):
    """``[helm]``: the platform on Kubernetes, by the official chart of Airflow.

    Attributes:
        chart: The version of the chart, from 1.18 to 1.22.
        release: What Helm calls the installation.
        namespace: Where it is installed.
        executor: ``KubernetesExecutor``, ``CeleryExecutor``, or both with a comma; the first is the default of tasks.
        host: Under which name the web interface is reached; empty makes no ingress.
        ingress_class: Of the controller that serves `host`.
        tls_secret: With the certificate of `host`; empty serves without TLS, behind something that has it.
        ingress_annotations: Of the ingress.
        service_account_annotations: Of all accounts that the chart makes, for a cloud's workload identity.
        user: The number of the account in the image that processes run as.
        statsd: Export metrics to Prometheus through statsd.
        resources: Of each component.
    """

    chart: str = "1.18.0"
    release: ReleaseName = "airflow"
    namespace: Label = "airflow"
    executor: Annotated[str, AfterValidator(_executors)] = KUBERNETES
    host: OptionalHost = ""
    ingress_class: OptionalName = ""
    tls_secret: OptionalName = ""
    ingress_annotations: Mapping[str, str] = Field(default_factory=dict)
    service_account_annotations: Mapping[str, str] = Field(default_factory=dict)
    user: Annotated[int, Field(ge=1, le=2**31 - 1)] = 50_000
    statsd: bool = True
    resources: ComponentResourcesOfHelm = ComponentResourcesOfHelm()
    workers: WorkersOfHelm = WorkersOfHelm()
    secrets: SecretsOfHelm = SecretsOfHelm()
    git: GitOfHelm = GitOfHelm()
    teams: Mapping[TeamName, TeamOfHelm] = Field(default_factory=dict)

    @field_validator("chart")
    @classmethod
    def _check_chart(cls, value: str) -> str:
        match = _CHART.fullmatch(value)
        if match is None or not OLDEST_CHART <= (int(match[1]), int(match[2])) <= NEWEST_CHART:
            oldest, newest = (".".join(map(str, each)) for each in (OLDEST_CHART, NEWEST_CHART))
            raise ValueError(f"expected a version of the chart from {oldest}.0 to {newest}, found {value!r}")
        return value

    @model_validator(mode="after")
    def _check_tls(self) -> Self:
        if (self.tls_secret or self.ingress_class or self.ingress_annotations) and not self.host:
            raise ValueError('an ingress needs a host: add host = "airflow.example.com"')
        return self

    @model_validator(mode="after")
    def _check_teams(self) -> Self:
        if self.teams and CELERY in self.executors:
            raise ValueError(
                f"teams have namespaces of their own with {KUBERNETES} alone, and the executor is {self.executor}"
            )
        owners: dict[str, str] = {}
        for team, settings in self.teams.items():
            for environment in settings.environments:
                if (other := owners.setdefault(environment, team)) != team:
                    raise ValueError(f"the environment {environment!r} belongs to two teams, {other} and {team}")
        return self

    @property
    def executors(self) -> tuple[str, ...]:
        """The executors, one by one."""
        return tuple(self.executor.split(","))

    @property
    def chart_minor(self) -> tuple[int, int]:
        """The version of the chart, as far as its values depend on it."""
        major, minor, _ = self.chart.split(".")
        return int(major), int(minor)

    @property
    def base_url(self) -> str:
        """Where people find the web interface; empty where that is not known."""
        return f"{'https' if self.tls_secret else 'http'}://{self.host}" if self.host else ""

    def team_namespace(self, team: str) -> str:
        """Return where the pods of a team's tasks run."""
        return self.teams[team].namespace or f"{self.namespace}-{team.replace('_', '-')}"
