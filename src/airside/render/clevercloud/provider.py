"""What Clever Cloud gives its apps, and what things are called there."""

from typing import Final

from airside.render.paas.provider import Parts, Provider
from airside.render.secret_names import CELERY
from airside.render.subject import Subject

ENDPOINT: Final = "https://cellar-c2.services.clever-cloud.com"

_DATABASE: Final[Parts] = {
    part: f"POSTGRESQL_ADDON_{variable}"
    for part, variable in (
        ("host", "HOST"),
        ("port", "PORT"),
        ("name", "DB"),
        ("user", "USER"),
        ("password", "PASSWORD"),
    )
}
_BUCKET: Final[Parts] = {"key": "CELLAR_ADDON_KEY_ID", "secret": "CELLAR_ADDON_KEY_SECRET"}
_REDIS: Final[Parts] = {"host": "REDIS_HOST", "port": "REDIS_PORT", "password": "REDIS_PASSWORD"}


class Names:
    """What apps and add-ons are called.

    Args:
        subject: What is rendered.
    """

    def __init__(self, subject: Subject) -> None:
        settings = subject.settings.clevercloud
        name = settings.name or subject.settings.workspace.name.replace("_", "-").replace(".", "-")
        self.prefix = name
        self.postgres = settings.postgres or f"{name}-postgres"
        self.cellar = f"{name}-cellar" if settings.cellar is None else settings.cellar
        self.redis = (settings.redis or f"{name}-redis") if settings.executor == CELERY else ""

    def app(self, part: str) -> str:
        """Return the name of an app, which is its alias too."""
        return f"{self.prefix}-{part}"

    @property
    def addons(self) -> dict[str, str]:
        """The name of the add-on behind each section of `provider`."""
        found = {"database": self.postgres, "bucket": self.cellar, "redis": self.redis}
        return {section: name for section, name in found.items() if name}


def provider(names: Names) -> Provider:
    """Return what these apps are given."""
    return Provider(
        name="Clever Cloud",
        database=_DATABASE,
        bucket=_BUCKET if names.cellar else None,
        redis=_REDIS if names.redis else None,
        # uvicorn believes what these say of the client, and https.
        copied={"FORWARDED_ALLOW_IPS": "CC_REVERSE_PROXY_IPS"},
    )


def base_url(subject: Subject) -> str | None:
    """Return where Airflow is; None where the settings do not say it."""
    settings = subject.settings.clevercloud
    if settings.base_url or settings.domain:
        return settings.base_url or f"https://{settings.domain}"
    known = [subject.settings.environment(name).airflow for name in subject.environments]
    return next((url.rstrip("/") for url in known if url), None)
