"""What rendering follows from, for tests."""

import tomllib
from collections.abc import Sequence

from airside.base.digest import Digest
from airside.render.subject import AirsideSource, Subject
from airside.workspace.settings import Settings

SETTINGS = """\
[workspace]
name = "sales-flows"
[store]
url = "s3://releases/flows"
options = { endpoint = "https://s3.example.com" }
[environments.preprod]
[environments.production]
"""


def subject(
    settings: str = "", environments: Sequence[str] = ("production",), target: str = "compose", trust: str | None = None
) -> Subject:
    """Return a workspace with a bucket and two environments, and what `settings` adds."""
    return Subject(
        settings=Settings.model_validate(tomllib.loads(SETTINGS + settings)).for_environments(environments),
        environments=tuple(environments),
        lock=Digest.of(b"apache-airflow==3.3.2\n"),
        trust=trust,
        airside=AirsideSource("airside==1.2.3"),
        target=target,
        command=" ".join(["airside", "render", target, *(f"--env {name}" for name in environments)]),
    )
