"""What `[ci]` of `airside.toml` may say: the pipeline that ships the workspace."""

import re
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from airside.base.names import NAME_RULE, is_environment_name
from airside.base.paths import path_fault
from airside.workspace.fields import Section, expecting

VERSION = "X.Y.Z"
"""Stands in the pattern of tags for three numbers."""

_KEY_ITSELF = re.compile(r"A[KS]IA[A-Z0-9]{16}|AGE-SECRET-KEY-.*|-----BEGIN .*", re.DOTALL)
"""Keys of AWS and of age, and PEM: pasted where their name belongs."""

_SECRET_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")


def _secret_name(value: str) -> str:
    if _KEY_ITSELF.match(value):
        raise ValueError("expected the name of a secret, found a key itself: make a new one, this one is in a file")
    if not _SECRET_NAME.fullmatch(value):
        # The value is not shown: it may be the secret.
        raise ValueError("expected the name that a secret has at the CI service: letters, digits, '_', '-' and '.'")
    return value


def _environment(value: str) -> str:
    if value and not is_environment_name(value):
        raise ValueError(f"{value!r} cannot name an environment: {NAME_RULE}")
    return value


def _folder(value: str) -> str:
    path = value.rstrip("/")
    if path and (fault := path_fault(path)) is not None:
        raise ValueError(f"{value!r} is not a path inside the repository: {fault}")
    return path


SecretName = Annotated[str, AfterValidator(_secret_name)]
Variable = Annotated[
    str, expecting(r"[A-Z_][A-Z0-9_]*", "the name of an environment variable, such as 'AWS_ACCESS_KEY_ID'")
]
Secrets = Mapping[Variable, SecretName]
_Role = Annotated[
    str, expecting(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+", "'arn:aws:iam::<account>:role/<name>'")
]
_Account = Annotated[
    str, expecting(r"[a-z0-9-]+@[a-z0-9.-]+\.iam\.gserviceaccount\.com", "'<name>@<project>.iam.gserviceaccount.com'")
]


class AwsSettings(Section):
    """``[ci.aws]``: roles that the CI service may take, in place of keys.

    Attributes:
        role: May write to the store.
        plan_role: May only read it: what a pull request is planned with.
        region: Of the token service.
    """

    role: _Role
    plan_role: _Role
    region: Annotated[str, expecting(r"[a-z]{2}(-[a-z]+)+-[0-9]", "a region, such as 'eu-west-3'")]


class GcpSettings(Section):
    """``[ci.gcp]``: service accounts that the CI service may act as, in place of keys.

    Attributes:
        provider: The workload identity provider that trusts the CI service.
        service_account: May write to the store.
        plan_service_account: May only read it: what a pull request is planned with.
    """

    provider: Annotated[
        str,
        expecting(
            r"projects/[0-9]+/locations/global/workloadIdentityPools/[a-z0-9-]+/providers/[a-z0-9-]+",
            "'projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>'",
        ),
    ]
    service_account: _Account
    plan_service_account: _Account


class CiAirflowSettings(Section):
    """``[ci.airflow]``: names of the secrets with which the pipeline asks the Airflow of an environment.

    Attributes:
        username: A secret, or nothing.
        password: Likewise.
        token: In place of the two.
    """

    username: SecretName | None = None
    password: SecretName | None = None
    token: SecretName | None = None

    @model_validator(mode="after")
    def _check_pair(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together")
        return self


class CiSettings(Section):
    """``[ci]``: the pipeline that ships the workspace. No secret is in it: only the names that secrets have elsewhere.

    Attributes:
        branch: What is merged to it is deployed.
        deploy: The environment that the branch is deployed to.
        promote: The environment that a tag promotes the same release to; empty for none.
        tag: The tags that do, with ``X.Y.Z`` for three numbers.
        folder: Where the workspace is in the repository; empty at its top.
        python: The Python of Airside; None is that of ``[airflow]``, or 3.12.
        runner: The machine, at GitHub.
        image: The container, elsewhere; None is that of uv, with `python`.
        agent: The label of the machine, at Jenkins, in place of `image`.
        context: What the names of CircleCI's contexts begin with; empty for none.
        timeout: Minutes of each job.
        comment: Comment on the pull request with the plan, at GitHub.
        approve: Ask before a promotion, where the service has no protected environments: CircleCI, Jenkins.
        secrets: Apply the environment's secrets before each move.
        keys: Variables of the store's provider, and the secret that each has; None is the usual ones.
        plan_keys: The same for keys that can only read.
        signing_key: The secret that signs releases.
        age_key: The secret that opens the workspace's encrypted secrets.
        airflow: For the Airflow that tracks the environment.
        aws: In place of `keys`.
        gcp: Likewise.
    """

    branch: Annotated[
        str, expecting(r"[A-Za-z0-9][A-Za-z0-9._/-]*(?<![./])", "the name of a branch, such as 'main'")
    ] = "main"
    deploy: Annotated[str, Field(min_length=1), AfterValidator(_environment)] = "preprod"
    promote: Annotated[str, AfterValidator(_environment)] = "production"
    tag: Annotated[
        str, expecting(r"[A-Za-z0-9._-]*X\.Y\.Z[A-Za-z0-9._-]*", "a pattern with X.Y.Z, such as 'vX.Y.Z'")
    ] = "vX.Y.Z"
    folder: Annotated[str, AfterValidator(_folder)] = ""
    python: Annotated[str, expecting(r"3\.1[1-9]", "a version of Python from 3.11 on, such as '3.12'")] | None = None
    runner: Annotated[str, expecting(r"[A-Za-z0-9][A-Za-z0-9._-]*", "a runner, such as 'ubuntu-24.04'")] = (
        "ubuntu-24.04"
    )
    image: Annotated[str, expecting(r"[A-Za-z0-9][A-Za-z0-9._/:@-]*", "a container image")] | None = None
    agent: Annotated[str, expecting(r"[A-Za-z0-9][A-Za-z0-9._-]*", "a label of an agent")] | None = None
    context: Annotated[str, expecting(r"([A-Za-z0-9][A-Za-z0-9._-]*)?", "what the names of contexts begin with")] = (
        "airside"
    )
    timeout: Annotated[int, Field(ge=1, le=360)] = 30
    comment: bool = True
    approve: bool = True
    secrets: bool = False
    keys: Secrets | None = None
    plan_keys: Secrets | None = None
    signing_key: SecretName | None = None
    age_key: SecretName | None = None
    airflow: CiAirflowSettings = CiAirflowSettings()
    aws: AwsSettings | None = None
    gcp: GcpSettings | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.aws and self.gcp:
            raise ValueError("aws and gcp exclude each other: the store is at one of them")
        if self.deploy == self.promote:
            raise ValueError(f"deploy and promote name the same environment, {self.deploy!r}")
        return self
