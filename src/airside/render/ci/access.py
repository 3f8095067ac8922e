"""What a job of a pipeline may reach: secrets by name, or an account that it proves to be with a token."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from airside.workspace.settings import Settings

READER: Final = "READER_"
"""What the names of secrets begin with that can only read the store, where the settings name none."""

_USUAL: Final = {
    "s3": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    "gs": ("GOOGLE_SERVICE_ACCOUNT_KEY",),
    "az": ("AZURE_STORAGE_ACCOUNT_KEY",),
}


@dataclass(frozen=True, slots=True)
class Access:
    """What one job may reach.

    Attributes:
        secrets: For each environment variable, what the CI service calls the secret with its value.
        role: The role of AWS to take; None for none.
        region: Of AWS, where there is a role.
        account: The service account of Google to act as; None for none.
        provider: Of Google, where there is an account.
    """

    secrets: Mapping[str, str]
    role: str | None = None
    region: str | None = None
    account: str | None = None
    provider: str | None = None

    @property
    def by_token(self) -> bool:
        """The job proves who it is with a token of the CI service."""
        return self.role is not None or self.account is not None


def planning(settings: Settings) -> Access:
    """Return what a plan may reach: no more than reading the store, since it imports what a pull request holds."""
    ci = settings.ci
    keys = ci.plan_keys if ci.plan_keys is not None else _usual(settings, READER)
    return _access(settings, {**keys, **_airflow(settings)}, plan=True)


def moving(settings: Settings) -> Access:
    """Return what a deploy or a promotion may reach."""
    ci = settings.ci
    keys = dict(ci.keys) if ci.keys is not None else _usual(settings, "")
    if ci.signing_key:
        keys["AIRSIDE_SIGNING_KEY"] = ci.signing_key
    if ci.age_key:
        keys["SOPS_AGE_KEY"] = ci.age_key
    return _access(settings, {**keys, **_airflow(settings)}, plan=False)


def _usual(settings: Settings, prefix: str) -> dict[str, str]:
    if settings.ci.aws or settings.ci.gcp:
        return {}
    scheme = settings.store.url.partition("://")[0]
    return {variable: prefix + variable for variable in _USUAL.get(scheme, ())}


def _airflow(settings: Settings) -> dict[str, str]:
    named = settings.ci.airflow
    wanted = {"USERNAME": named.username, "PASSWORD": named.password, "TOKEN": named.token}
    return {f"AIRSIDE_AIRFLOW_{what}": secret for what, secret in wanted.items() if secret}


def _access(settings: Settings, secrets: Mapping[str, str], *, plan: bool) -> Access:
    if aws := settings.ci.aws:
        return Access(secrets, role=aws.plan_role if plan else aws.role, region=aws.region)
    if gcp := settings.ci.gcp:
        account = gcp.plan_service_account if plan else gcp.service_account
        return Access(secrets, account=account, provider=gcp.provider)
    return Access(secrets)
