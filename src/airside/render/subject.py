"""What rendering follows from."""

from dataclasses import dataclass

from airside.base.digest import Digest
from airside.workspace.settings import Settings

OVERLAYS = "deploy/overlays"
"""Where a workspace has its own additions to what is rendered."""


@dataclass(frozen=True, slots=True)
class AirsideSource:
    """Where another machine has this Airside from.

    Attributes:
        requirement: What pip is asked for: ``airside==1.2.0``.
        wheel: It is not published: a wheel of it has to lie in `wheels/` beside the rendered files.
    """

    requirement: str
    wheel: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """A workspace, as far as rendering is concerned. Two that are equal give the same bytes.

    Attributes:
        settings: Its `airside.toml`, with the keys that the environments have of their own.
        environments: The ones that the platform will track; none means the working tree, for development.
        lock: The digest of `requirements.lock`; None while there is none.
        trust: The text of `trust.toml`; None where there is none.
        airside: Where the platform has Airside from.
        target: What is rendered, such as ``compose``.
        command: The command line that renders it, as a user types it.
    """

    settings: Settings
    environments: tuple[str, ...]
    lock: Digest | None
    trust: str | None
    airside: AirsideSource
    target: str
    command: str

    def header(self, path: str, *, comment: str = "#") -> str:
        """Return the first lines of the rendered file `path`, without a newline at the end.

        Args:
            path: As in `RenderedFile`.
            comment: How a line of comment begins in that file.
        """
        lines = (
            f"Rendered by `{self.command}` from airside.toml. Do not edit it: that would stop the next one.",
            f"To change it, change the settings, or write {OVERLAYS}/{self.target}/{path}, which is merged in.",
        )
        return "\n".join(f"{comment} {line}" for line in lines)
